"""Figures that others published of the same deals are found among the definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from crm_data.engine import connect, prepare
from crm_data.importers.mapping import read_mapping
from crm_data.importers.run import run_import
from crm_data.warehouse import Copy, open_copy
from kpis import DEFINITIONS, Period, Question, Unit, ask, opened, theirs


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
    assert words in theirs.sentence(given, figure, key)


def test_another_figure_is_not_found(maven: Copy) -> None:
    figure = theirs.read_figure("61.2 %", Unit.SHARE)
    assert figure
    with opened(maven) as data:
        given = theirs.variants(data, question("win_rate"))
    assert theirs.sentence(given, figure, "win_rate").startswith("None of the definitions")


@pytest.mark.parametrize("key", theirs.COMPARED)
def test_our_own_is_the_kpi(maven: Copy, key: str) -> None:
    with opened(maven) as data:
        ours = next(one for one in theirs.variants(data, question(key)) if one.ours)
    ((reading,),) = ask(maven, question(key))
    assert (reading.value is None) == (key == "open_pipeline"), "no open deal has an amount"
    assert ours.value == (reading.value if reading.value is None else pytest.approx(reading.value, abs=1e-9))


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
    ],
)
def test_figures_as_people_type_them(text: str, unit: Unit, value: float, within: float) -> None:
    figure = theirs.read_figure(text, unit)
    assert figure
    assert figure.value == pytest.approx(value)
    assert figure.within == pytest.approx(within)


@pytest.mark.parametrize("text", ["", "none", "%", "<script>", "\0", "--"])
def test_what_is_no_number(text: str) -> None:
    assert theirs.read_figure(text, Unit.SHARE) is None
