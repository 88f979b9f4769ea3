"""Figures that others published of the same deals are found among the definitions, and each definition gives
what pandas makes of the CRM's rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from crm_data.engine import connect, prepare
from crm_data.importers.mapping import read_mapping
from crm_data.importers.run import run_import
from crm_data.warehouse import Copy, open_copy
from kpis import DEFINITIONS, Period, Question, Unit, ask, opened, theirs
from kpis.__main__ import main
from kpis.theirs.command import NOT_FOUND
from tests.kpis.conftest import TODAY, WINDOW, YEAR, Shell
from tests.kpis.recompute import RECOMPUTED
from tests.kpis.recompute_cases import backlog, cases, cases_closed, cases_opened
from tests.kpis.recompute_crm import Crm, only
from tests.kpis.recompute_customers import active_customers, new_customers, purchases
from tests.kpis.recompute_marketing import lead_to_opportunity, leads


@pytest.fixture(scope="module")
def maven(published: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    home = tmp_path_factory.mktemp("maven")
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    prepare(engine)
    mapping = read_mapping(Path("docs/examples/maven_crm_sales.toml"))
    run_import(engine, mapping, [published("maven_crm_sales")], home, lambda *_: None)
    with open_copy(engine, home / "copy.duckdb") as copy:
        yield copy
    engine.dispose()


def question(key: str) -> Question:
    return Question((key,), Period(date(2016, 1, 1), date(2018, 1, 1)), date(2018, 1, 1))


@pytest.mark.parametrize(
    ("key", "typed", "words"),
    [
        ("win_rate", "63.15 %", "deals won ÷ deals closed"),
        ("win_rate", "48,16%", "deals won ÷ all deals, open ones included"),
        ("sales_cycle", "51.8", "mean days from creation to win, deals won"),
        ("sales_cycle", "47.99 days", "mean days from creation to close, deals won and lost"),
        ("revenue_won", "$10,005,534", "amount of the deals won"),
        ("deals_won", "6,711", "deals closed, won or lost"),
    ],
)
def test_a_published_figure_is_found(maven: Copy, key: str, typed: str, words: str) -> None:
    figure = theirs.read_figure(typed, DEFINITIONS[key].unit)
    assert figure
    with opened(maven) as data:
        given = theirs.variants(data, question(key))
    assert next(one.words for one in given if one.gives(figure)) == words
    assert words in theirs.sentence(given, figure)


def test_another_figure_is_not_found(maven: Copy) -> None:
    figure = theirs.read_figure("61.2 %", Unit.SHARE)
    assert figure
    with opened(maven) as data:
        given = theirs.variants(data, question("win_rate"))
    assert theirs.sentence(given, figure).startswith("None of the definitions")


def _leads(crm: Crm) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All of them, and those created in the year."""
    found = leads(crm)
    return found, only(found, YEAR.__contains__, "created")


def leads_created(crm: Crm) -> list[object]:
    every, rows = _leads(crm)
    status = rows["lead_status"]
    converted, unqualified = (status == "converted").sum(), (status == "unqualified").sum()
    ever = sum(day < YEAR.end for day in every["created"])
    return [
        len(rows) - converted,
        len(rows) - unqualified,
        len(rows) - converted - unqualified,
        converted,
        ever,
    ]


def lead_conversion(crm: Crm) -> list[object]:
    every, rows = _leads(crm)
    n, status = len(rows), rows["lead_status"]
    converted, unqualified = (status == "converted").sum(), (status == "unqualified").sum()
    with_deal = lead_to_opportunity(crm, YEAR)
    return [
        with_deal["each"].mean(),
        converted / n,
        converted / (n - unqualified),
        converted / (converted + unqualified),
        sum(day is not None for day in rows["deal"]) / n,
        sum(day is not None for day in rows["bought"]) / n,
        sum(day is not None and day in YEAR for day in every["deal"]) / n,
        sum(day is not None and day in YEAR for day in every["bought"]) / n,
    ]


def _cases(crm: Crm) -> tuple[int, int, int]:
    """Of those opened in the year: how many are open, closed, and closed in the year."""
    rows = cases_opened(crm, YEAR)
    closed = [day for day in rows["resolved"] if day is not None]
    return len(rows) - len(closed), len(closed), sum(day in YEAR for day in closed)


def backlog_(crm: Crm) -> list[object]:
    came, went = len(cases_opened(crm, YEAR)), len(cases_closed(crm, YEAR))
    today = len(backlog(crm, Period(TODAY, TODAY + timedelta(days=1))))
    return [today, _cases(crm)[0], came - went, came]


def cases_opened_(crm: Crm) -> list[object]:
    again = {row["case_id"] for row in crm.rows["case_reopenings"]}
    smooth = [
        row for row in crm.rows["cases"] if crm.day(row["opened_at"]) in YEAR and row["id"] not in again
    ]
    return [*_cases(crm)[:2], len(smooth)]


def cases_closed_(crm: Crm) -> list[object]:
    closed = [(row["id"], row["resolved_at"]) for row in crm.rows["cases"]]
    closed += [(row["case_id"], row["resolved_at"]) for row in crm.rows["case_reopenings"]]
    once = {key for key, at in closed if at is not None and crm.day(at) in YEAR}
    last = [day for day in cases(crm)["resolved"] if day is not None and day in YEAR]
    return [len(once), len(last), *_cases(crm)[1:]]


def _bought(crm: Crm) -> int:
    return sum(any(day in YEAR for day in days) for days in purchases(crm).values())


def active_customers_(crm: Crm) -> list[object]:
    ever = sum(days[0] < YEAR.end for days in purchases(crm).values())
    contract = only(active_customers(crm, YEAR), "contract".__eq__, "basis")
    return [len(contract), ever, _bought(crm), len(new_customers(crm, YEAR))]


def new_customers_(crm: Crm) -> list[object]:
    joined, back = (RECOMPUTED[key].of(crm, YEAR).value for key in ("customers_joined", "reactivated"))
    assert joined is not None
    assert back is not None
    return [joined, joined + back, _bought(crm)]


OTHERS = {
    "leads_created": leads_created,
    "lead_conversion": lead_conversion,
    "cases_opened": cases_opened_,
    "cases_closed": cases_closed_,
    "backlog": backlog_,
    "active_customers": active_customers_,
    "new_customers": new_customers_,
}


@pytest.mark.parametrize("key", OTHERS)
def test_each_definition_gives_what_the_rows_say(spoiled: Copy, plain: Crm, key: str) -> None:
    with opened(spoiled) as data:
        given = theirs.variants(data, Question((key,), YEAR, TODAY))
    assert [one.value for one in given if not one.ours] == [pytest.approx(v) for v in OTHERS[key](plain)]
    assert len({one.words for one in given}) == len(given)


@pytest.mark.parametrize("key", theirs.COMPARED)
def test_our_own_is_the_kpi(spoiled: Copy, key: str) -> None:
    for asked in (
        Question((key,), YEAR, TODAY),
        Question((key,), Period(date(2025, 3, 1), date(2025, 4, 1)), TODAY, where=(("region", ("EMEA",)),)),
    ):
        with opened(spoiled) as data:
            ours, *others = theirs.variants(data, asked)
        ((reading,),) = ask(spoiled, asked)
        assert ours.ours
        assert ours.value == pytest.approx(reading.value, abs=1e-9)
        assert not any(one.ours for one in others)
    assert theirs.counted(key) in spoiled.state.rows


@pytest.mark.usefixtures("command_line")
def test_on_the_command_line(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(shell("value", "deals_lost", *WINDOW, "--json"))[0]["value"]
    assert "The same as here" in shell("theirs", "deals_lost", f"{value:,.0f}", *WINDOW)
    assert main(["theirs", "deals_lost", "0", *WINDOW, "--json"]) == NOT_FOUND
    given = json.loads(capsys.readouterr().out)
    assert given["says"].startswith("None of the definitions")
    closed = next(one["value"] for one in given["definitions"] if "won or lost" in one["words"])
    assert "deals closed, won or lost" in shell("theirs", "deals_lost", str(closed), *WINDOW)
    for words in (("deals_lost", "many"), ("leads_created", "3", "--where", "product=x")):
        assert main(["theirs", *words, *WINDOW]) == 1
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "unit", "value", "within"),
    [
        ("63.15 %", Unit.SHARE, 0.6315, 0.00005),
        ("0.6315", Unit.SHARE, 0.6315, 0.00005),
        ("63,2", Unit.SHARE, 0.632, 0.0005),
        ("11.257.622 €", Unit.MONEY, 11_257_622, 0.5),
        ("$1,117.10K", Unit.MONEY, 1_117_100, 5),
        ("1.2M", Unit.MONEY, 1_200_000, 50_000),
        ("1 234,5", Unit.MONEY, 1234.5, 0.05),
        ("4,238", Unit.MONEY, 4238, 0.5),
        ("−3.5", Unit.DAYS, -3.5, 0.05),
        ("US$ 1.2 million", Unit.MONEY, 1_200_000, 50_000),
        ("350 thousand", Unit.MONEY, 350_000, 500),
        ("3.5 mn", Unit.MONEY, 3_500_000, 50_000),
        ("€ 1,2 Mrd.", Unit.MONEY, 1_200_000_000, 50_000_000),
        ("12,5 Tsd. €", Unit.MONEY, 12_500, 50),
        ("CHF 1’234’567", Unit.MONEY, 1_234_567, 0.5),
        ("51.8 days", Unit.DAYS, 51.8, 0.05),
    ],
)
def test_figures_as_people_type_them(text: str, unit: Unit, value: float, within: float) -> None:
    figure = theirs.read_figure(text, unit)
    assert figure
    assert figure.value == pytest.approx(value)
    assert figure.within == pytest.approx(within)


@pytest.mark.parametrize("text", ["", "none", "%", "<script>", "\0", "--", "1.2 mil", "3 dozen", "about 4"])
def test_what_is_no_number(text: str) -> None:
    assert theirs.read_figure(text, Unit.MONEY) is None
