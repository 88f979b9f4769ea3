"""`python -m kpis`: the dashboard's answers from a shell."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import Engine, text

from crm_data.engine import ROOT
from crm_data.warehouse import Copy, open_copy
from kpis import DEFINITIONS, Period, Question, ask
from kpis.__main__ import main
from tests.kpis.conftest import TODAY, WINDOW, YEAR, Shell

ALL = ("--from", "2024-06-01", *WINDOW[2:])
HOSTILE = (
    "' OR 1=1 --",
    '"; DROP TABLE deals',
    "<img src=x onerror=alert(1)>",
    "%",
    "مبيعات",
    "🙂",
    "",
    "-1",
    "=1+1",
)
pytestmark = pytest.mark.usefixtures("command_line")

READING = "key unit from to value why n low high numerator denominator spread cells".split()
#: A month of 30.4375 days is no decimal: their weights are floats.
FLOATS = {"churn_monthly", "cltv", "engagement", "loyalty_engagement"}


def table(printed: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed)))


def process(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kpis", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    return subprocess.Popen(command, **pipes | options)


@pytest.mark.parametrize("command", [(), ("list",), ("value",), ("rows",), ("explain",), ("why",)])
def test_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "usage: python -m kpis" in capsys.readouterr().out


def test_list(shell: Shell) -> None:
    listed = json.loads(shell("list", "--json"))
    assert [one["key"] for one in listed] == list(DEFINITIONS)
    assert all(one["help"] and one["formula"] and one["label"] and one["words"] for one in listed)
    in_words = shell("list")
    assert all(key in in_words for key in DEFINITIONS)


def test_value_as_json(shell: Shell, demo_copy: Copy) -> None:
    keys = list(DEFINITIONS)
    told = json.loads(shell("value", *keys, *WINDOW, "--by", "region", "--grain", "quarter", "--json"))
    answers = ask(demo_copy, Question(tuple(keys), YEAR, TODAY, by=("region",), grain="quarter"))[0]
    for one, reading in zip(told, answers, strict=True):
        assert set(READING) <= set(one)
        assert (one["key"], one["from"], one["to"]) == (reading.key, str(YEAR.start), str(YEAR.end))
        assert (one["value"], one["n"], one["low"], one["high"]) == (
            reading.value,
            reading.n,
            reading.low,
            reading.high,
        )
        top = reading.numerator
        assert one["numerator"] == (None if top is None else pytest.approx(float(top)))
        for cell, expected in zip(one["cells"], reading.cells, strict=True):
            period = expected.at["period"]
            assert isinstance(period, Period)
            assert cell["period"] == str(period.start)
            assert cell["region"] == (expected.at["region"] or "(none)")
            assert (cell["value"], cell["n"]) == (expected.value, expected.n)
            assert {"numerator", "denominator"} <= set(cell)


def test_no_value_is_null_with_its_reason(shell: Shell) -> None:
    arguments = ("value", "win_rate", "revenue_won", "--from", "2001-01-01", "--to", "2002-01-01")
    for one in json.loads(shell(*arguments, "--json")):
        assert one["value"] is None
        assert one["why"] == "No deals in the period."
    assert shell(*arguments).count("n/a") == 2


def test_spread_is_told_where_there_is_one(shell: Shell) -> None:
    cycle, revenue = json.loads(shell("value", "sales_cycle", "revenue_won", *WINDOW, "--json"))
    assert set(cycle["spread"]) == {"median", "p25", "p75", "mean"}
    assert revenue["spread"] is None


def test_value_in_words(shell: Shell) -> None:
    told = shell("value", "revenue_won", *WINDOW, "--by", "region")
    assert "Revenue won  22 Nov 2025 – 21 Nov 2026" in told
    assert "€" in told
    assert "Asia-Pacific" in told


@pytest.mark.parametrize("key", list(DEFINITIONS))
def test_the_rows_add_up_to_the_value(shell: Shell, demo_copy: Copy, key: str) -> None:
    rows = table(shell("rows", key, *ALL))
    (reading,) = ask(demo_copy, Question((key,), Period(date(2024, 6, 1), YEAR.end), TODAY))[0]
    top = [Fraction(row["counts_for"]) for row in rows]
    bottom = [Fraction(row["weight"]) for row in rows if row["weight"]]
    if getattr(DEFINITIONS[key], "median", False):
        assert float(median(top)) == pytest.approx(reading.value, rel=1e-12)
    elif key in FLOATS:
        assert float(sum(top) / sum(bottom)) == pytest.approx(reading.value, rel=1e-12)
    else:
        assert sum(top) == reading.numerator
        assert (sum(bottom) if bottom else None) == reading.denominator
        assert float(sum(top) / (sum(bottom) or 1)) == reading.value


def test_rows_left_out_and_undated(shell: Shell, demo_copy: Copy) -> None:
    (reading,) = ask(demo_copy, Question(("sales_cycle",), YEAR, TODAY))[0]
    left_out = table(shell("rows", "sales_cycle", *WINDOW, "--left-out"))
    assert len(left_out) == reading.left_out
    reason = "closed before they were opened"
    chosen = table(shell("rows", "sales_cycle", *WINDOW, "--reason", reason))
    assert chosen == [row for row in left_out if row["why"] == reason]
    undated = table(shell("rows", "open_pipeline", *WINDOW, "--undated"))
    assert sum(not row["day"] for row in undated) == 3  # the others are closed before they are opened
    assert all("before" in row["why"] for row in undated if row["day"])
    assert len(shell("rows", "spend_loaded", *WINDOW, "--limit", "7").splitlines()) == 8
    assert len(json.loads(shell("rows", "spend_loaded", *WINDOW, "--limit", "7", "--json"))) == 7


def test_names_that_a_spreadsheet_would_run_are_defused(shell: Shell, demo_crm: Engine) -> None:
    with demo_crm.connect() as crm:
        names = set(crm.scalars(text("SELECT name FROM accounts WHERE name LIKE '+%'")))
    found = {row["account"] for row in table(shell("rows", "win_rate", *ALL))}
    assert names
    assert not names & found
    assert {f"'{name}" for name in names} & found


def test_owners_are_known_by_name_and_by_key(shell: Shell, demo_copy: Copy, demo_crm: Engine) -> None:
    (reading,) = ask(demo_copy, Question(("deals_won",), YEAR, TODAY, by=("owner",)))[0]
    cell = max((cell for cell in reading.cells if cell.at["owner"]), key=lambda cell: cell.n or 0)
    with demo_crm.connect() as crm:
        name = crm.scalar(text("SELECT name FROM users WHERE id = :id"), {"id": cell.at["owner"]})
    for one in (name, cell.at["owner"]):
        assert value(shell, "deals_won", f"owner={one}") == cell.value
    assert name in shell("value", "deals_won", *WINDOW, "--by", "owner")


def test_filters(shell: Shell, demo_copy: Copy) -> None:
    def asked(*where: tuple[str, tuple[object, ...]]) -> float | None:
        return ask(demo_copy, Question(("spend_paid",), YEAR, TODAY, where=where))[0][0].value

    assert value(shell, "spend_paid", "region=EMEA", "region=Asia-Pacific") == asked(
        ("region", ("EMEA", "Asia-Pacific"))
    )
    assert value(shell, "spend_paid", "campaign=(none)") == asked(("campaign", (None,)))
    two = asked(("channel", ("Events",)), ("region", ("EMEA",)))
    assert value(shell, "spend_paid", "channel=Events", "region=EMEA") == two


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_only_words(shell: Shell, words: str) -> None:
    assert value(shell, "revenue_won", f"region={words}") is None
    assert value(shell, "revenue_won", f"segment={words}", "region=EMEA") is None
    assert len(shell("rows", "revenue_won", *WINDOW, "--where", f"region={words}").splitlines()) == 1
    assert len(shell("rows", "revenue_won", *WINDOW, "--reason", words or "x").splitlines()) == 1


def value(shell: Shell, key: str, *where: str) -> float | None:
    filters = [argument for one in where for argument in ("--where", one)]
    found: float | None = json.loads(shell("value", key, *WINDOW, *filters, "--json"))[0]["value"]
    return found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("value", "nope"), "No KPI is called 'nope'."),
        (("rows", "nope"), "No KPI is called 'nope'."),
        (("explain", "nope"), "No KPI is called 'nope'."),
        (("value",), "arguments are required: KEY"),
        (("value", "csat", "--by", "nope"), "invalid choice: 'nope'"),
        (("value", "csat", "--grain", "hour"), "invalid choice: 'hour'"),
        (("value", "csat", "--period", "nope"), "invalid choice: 'nope'"),
        (("value", "csat", "--from", "2026-02-01", "--to", "2026-01-01"), "must lie before"),
        (("value", "csat", "--from", "2026-02-01", "--to", "2026-02-01"), "must lie before"),
        (("value", "csat", "--to", "2026-01-01"), "--to needs --from"),
        (("value", "csat", "--from", "tomorrow"), "'tomorrow' is not a date like 2026-11-21"),
        (("value", "csat", "--from", "2026-02-30"), "'2026-02-30' is not a date"),
        (("value", "csat", "--today", "9999-12-31"), "give a day from 1900 to 2199"),
        (("explain", "csat", "--from", "0001-01-01"), "give a day from 1900 to 2199"),
        (("value", "csat", "--where", "region"), "write DIMENSION=VALUE"),
        (("value", "csat", "--where", "nope=x"), "write DIMENSION=VALUE"),
        (("value", "csat", "--where", "owner=Nobody At All"), "no owner has this name or key"),
        (("value", "csat", "--where", "account=99999999999999999999999"), "no account has this name or key"),
        (("rows", "csat", "--limit", "-1"), "'-1' is not a number of rows"),
        (("rows", "revenue_won", "--where", "plan=x"), "Revenue won has no plan."),
        (("rows", "win_rate", "--changed"), "Win rate is no stock"),
        (("rows", "csat", "--from", "2150-01-01", "--to", "2151-01-01"), "The period has not begun"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    try:
        code: object = main(arguments)
    except SystemExit as stopped:
        code = stopped.code
    out, err = capsys.readouterr()
    assert code in (1, 2)
    assert out == ""
    assert said in err.splitlines()[-1]
    assert code == 2 or len(err.splitlines()) == 1


def test_no_database(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CRM_DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'crm.db'}")
    assert main(["value", "csat"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.fixture
def held(demo_crm: Engine) -> Iterator[Copy]:
    """The copy as the dashboard holds it while it runs."""
    with open_copy(demo_crm) as copy:
        yield copy


def test_it_works_while_another_process_holds_the_copy(held: Copy) -> None:
    expected = ask(held, Question(("revenue_won",), YEAR, TODAY))[0][0].value
    with process("value", "revenue_won", *WINDOW, "--json") as other:
        out, err = other.communicate(timeout=60)
    assert (other.returncode, err) == (0, "")
    assert json.loads(out)[0]["value"] == expected


@pytest.mark.parametrize("command", ["rows spend_loaded", "value spend_loaded --by campaign", "list"])
def test_a_reader_that_has_seen_enough(command: str) -> None:
    arguments = command.split()
    with process(*arguments, *(WINDOW if len(arguments) > 1 else ()), env=dict(os.environ)) as one:
        assert one.stdout is not None
        assert one.stderr is not None
        assert one.stdout.readline()
        one.stdout.close()
        assert one.stderr.read() == ""
