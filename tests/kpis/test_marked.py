"""Marked custom columns as dimensions: of every KPI whose fact knows the record, and of no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import create_engine

from crm_data.alerts import Rule
from crm_data.warehouse.marked import Marked
from kpis import (
    DEFINITIONS,
    DIMENSIONS,
    NoRows,
    Period,
    Question,
    ask,
    change,
    explain,
    rows,
    terminal,
    terminal_proof,
)
from kpis.__main__ import main
from kpis.alerts import problem
from kpis.alerts.evaluate import evaluate
from kpis.alerts.vanished import vanished
from kpis.members import read_member, written
from kpis.model import Composition
from kpis.reference import terms
from tests.kpis.conftest import FIRST, MARKED, MEMBERS, TODAY, YEAR, FakeCopy, Shell

KEYS = tuple(one.key for one in MARKED)
WHOLE = Period(FIRST, TODAY + timedelta(days=1))


@pytest.fixture(autouse=True)
def marked() -> None:
    DIMENSIONS.follow(MARKED)


def with_mark(key: str) -> list[str]:
    return [name for name, one in DEFINITIONS.items() if key in one.dimensions]


def test_facts_have_the_columns_of_the_records_that_they_know() -> None:
    accounts, contacts, leads, deals = (set(with_mark(key)) for key in KEYS)
    assert {"revenue_won", "churn_rate", "csat", "invoiced", "open_rate"} & set(DEFINITIONS) <= accounts
    assert accounts == {key for key, one in DEFINITIONS.items() if "account" in one.dimensions}
    assert {DEFINITIONS[key].parts[0].fact.key for key in contacts} == {"emails"}
    assert {part.fact.key for key in leads for part in DEFINITIONS[key].parts} == {"leads"}
    assert {part.fact.record for key in deals for part in DEFINITIONS[key].parts} == {"opportunities"}
    assert "win_rate" in deals
    assert not deals & leads


@pytest.mark.parametrize("key", KEYS)
def test_total_breakdown_and_rows_are_the_same(made_up: FakeCopy, key: str) -> None:
    names = [name for name in with_mark(key) if DEFINITIONS[name].adds != "nothing"]
    assert names
    for whole in ask(made_up, Question(tuple(names), YEAR, TODAY, by=(key,)))[0]:
        if whole.numerator is None:
            continue
        assert sum((cell.numerator or 0 for cell in whole.cells), Fraction(0)) == whole.numerator
        assert sum(cell.n or 0 for cell in whole.cells) == whole.n
        if isinstance(DEFINITIONS[whole.key], Composition):
            continue
        listed = rows(made_up, Question((whole.key,), YEAR, TODAY), limit=None)
        place = listed.columns.index(key)
        told: dict[object, int] = {}
        for row in listed.rows:
            told[row[place]] = told.get(row[place], 0) + 1
        for cell in whole.cells:
            narrowed = rows(
                made_up, Question((whole.key,), YEAR, TODAY, where=((key, (cell.at[key],)),)), limit=1
            )
            assert narrowed.total == told.get(cell.at[key], 0)


@dataclass(frozen=True)
class Plain:
    """What plain SQL counts: rows of a fact, each with the word of the record that `link` names."""

    by: str
    link: str
    fact: str
    where: str
    total: str = "count(*)"

    @property
    def sql(self) -> str:
        return f"""
            WITH words AS (SELECT id, word FROM marked WHERE dimension = '{self.by}')
            SELECT word, {self.total} FROM {self.fact} AS f LEFT JOIN words ON words.id = f.{self.link}
            WHERE {self.where} GROUP BY word
        """


PLAIN = {
    "revenue_won": Plain(
        *("account.tariff", "account", "deals", "f.status = 'won' AND f.closed_day BETWEEN $1 AND $2"),
        total="sum(f.amount_cents) / 100",
    ),
    "deals_won": Plain("deal.tariff", "id", "deals", "f.status = 'won' AND f.closed_day BETWEEN $1 AND $2"),
    "leads_created": Plain("lead.tariff", "id", "leads", "f.created_day BETWEEN $1 AND $2"),
    "active_customers": Plain(
        *("account.tariff", "account", "customer_spells"),
        "f.bad IS NULL AND f.start_day <= $2 AND coalesce(f.end_day > $2, $1 IS NOT NULL)",
    ),
    "emails_sent": Plain("contact.tariff", "contact", "emails", "f.sent_day BETWEEN $1 AND $2"),
}


@pytest.mark.parametrize("kpi", PLAIN)
def test_the_same_as_plain_sql(made_up: FakeCopy, kpi: str) -> None:
    plain = PLAIN[kpi]
    (whole,) = ask(made_up, Question((kpi,), YEAR, TODAY, by=(plain.by,)))[0]
    days = [YEAR.start, YEAR.end - timedelta(days=1)]
    expected = dict(made_up.connection.execute(plain.sql, days).fetchall())
    assert len(expected) > 4
    assert {cell.at[plain.by]: cell.value for cell in whole.cells} == pytest.approx(expected)
    some = (None, MEMBERS[2])
    filtered = Question((kpi,), YEAR, TODAY, where=((plain.by, some),))
    assert ask(made_up, filtered)[0][0].value == pytest.approx(sum(expected.get(one, 0) for one in some))


def test_series_changes_and_many_windows_are_by_it_too(made_up: FakeCopy) -> None:
    key = "account.tariff"
    (course,) = ask(made_up, Question(("revenue_won",), YEAR, TODAY, "month", (key,)))[0]
    assert sum((cell.numerator or 0 for cell in course.cells), Fraction(0)) == course.numerator
    then = Period(YEAR.start - timedelta(days=300), YEAR.start)
    for kpi in ("revenue_won", "win_rate", "active_customers", "churn_rate"):
        split = change(made_up, Question((kpi,), YEAR, TODAY), then, by=key)
        assert split.amount is not None
        assert sum((effect.amount for effect in split.effects), Fraction(0)) == split.amount
        assert {effect.member for effect in split.effects} <= {member or None for member in MEMBERS}


def test_what_is_not_marked_is_refused_in_words(made_up: FakeCopy) -> None:
    gone = Question(("revenue_won",), YEAR, TODAY, where=(("account.gone", ("x",)),))
    why = "No custom column is marked as the dimension 'account.gone' (any more). The page Data can mark it."
    assert ask(made_up, gone)[0][0].why == why
    assert ask(made_up, replace(gone, where=(), by=("account.gone",)))[0][0].why == why
    with pytest.raises(NoRows, match=r"account\.gone"):
        rows(made_up, gone)
    assert problem(Rule("", "revenue_won", 1.0, dimension="account.gone")) == why
    assert problem(Rule("", "revenue_won", 1.0, dimension="account.tariff")) is None
    assert ask(made_up, replace(gone, where=(("lead.tariff", ("x",)),)))[0][0].why == (
        "Revenue won has no tariff of the lead."
    )
    assert DIMENSIONS["account.gone"].label == "account.gone"
    assert written(read_member("account.gone", "~~~")) == "~~~"


def test_alerts_are_about_each_value_and_end_with_it(made_up: FakeCopy) -> None:
    """Also when nothing was asked of the copy before: the marks are known from it alone."""
    rule = Rule("", "revenue_won", 0.0, id=1, period="12m", dimension="account.tariff", smallest_n=0)
    DIMENSIONS.follow(())
    verdicts = evaluate(made_up, [rule], TODAY)
    assert len(verdicts) > 4
    assert {one.member for one in verdicts} <= {member or None for member in MEMBERS}
    known = {written(one.member) for one in verdicts}
    (gone,) = vanished(made_up, [rule], [], [(1, "Tariff of old"), *((1, cause) for cause in known)])
    assert (gone.cause, gone.why) == (
        "Tariff of old",
        "the value is no longer there: renamed, or without rows",
    )


def test_its_name_is_only_text_in_a_terminal(made_up: FakeCopy, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = Marked("account.tariff", "[/b] =1+1", "accounts", "Tariff", 7, 30)
    copy = replace(made_up, state=replace(made_up.state, marked=(hostile,)))
    asked, then = Question(("revenue_won",), YEAR, TODAY, by=("account.tariff",)), Period(FIRST, YEAR.start)
    with create_engine("sqlite://").connect() as crm:
        names = terminal.Names(crm)
        terminal.readings(ask(copy, asked)[0], copy.organisation, names, as_json=False)
        split = change(copy, asked, then, by="account.tariff")
        terminal_proof.change(split, "account.tariff", copy.organisation, names, as_json=False)
    assert capsys.readouterr().out.count("[/b] =1+1") == 2


def test_who_asks_for_none_joins_none(made_up: FakeCopy) -> None:
    """Without marks no statement knows of them; with marks only lists of rows do, and who asks by one."""
    asked = Question(("revenue_won",), YEAR, TODAY)
    value, listed = explain(made_up, asked).sql
    assert "marked" not in value
    assert "marked" in listed
    unmarked = replace(made_up, state=replace(made_up.state, marked=()))
    assert not any("marked" in statement for statement in explain(unmarked, asked).sql)


def test_a_column_with_too_many_values_is_none_for_now() -> None:
    DIMENSIONS.follow((Marked("account.vat", "VAT ID", "accounts", "VAT ID", 1001, 9),))
    assert "account.vat" not in DIMENSIONS
    assert DIMENSIONS.why_not("account.vat") == (
        "VAT ID is no dimension for now. It has more than 1,000 different values."
    )
    assert "account.vat" not in DEFINITIONS["revenue_won"].dimensions


def test_definitions_say_that_it_has_no_history() -> None:
    said = terms(DEFINITIONS["win_rate"])
    assert said["Broken down by"].endswith("reason, tariff of the account, tariff of the deal")
    assert said["Custom columns"] == (
        "Tariff of the account, Tariff of the deal: what a record has in them now counts for all days"
    )
    DIMENSIONS.follow(())
    assert "Custom columns" not in terms(DEFINITIONS["win_rate"])


@pytest.mark.usefixtures("command_line")
def test_the_command_line_refuses_what_is_not_marked(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "No custom column is marked" in shell("value", "revenue_won", "--by", "account.gone")
    assert main(("value", "revenue_won", "--where", "account.gone=x")) == 1
    assert "No custom column is marked" in capsys.readouterr().err
