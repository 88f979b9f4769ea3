"""What is restated is what was changed: those figures, by those rows, and no other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from zlib import decompress

import pytest
from sqlalchemy import Engine, select

from crm_data import kept as store
from crm_data.warehouse import Copy
from kpis import DEFINITIONS, EVERYONE, Question, Viewer, ask, kept
from kpis.kept import Comparison, Figure, NotKept, words
from kpis.kept.lines import ADDED, CHANGED, REMOVED, lines
from kpis.kept.rows import unpacked
from kpis.reports import REPORTS, Asked, Names, gather, write
from tests.kept.conftest import DEALS, TODAY, YEAR, Edited, T

Compared = dict[str, Comparison]


def test_the_total_and_its_rows(compared: Compared, edited: Edited) -> None:
    one = compared["sales"].by_figure[Figure("revenue_won", YEAR)]
    assert one.now.numerator is not None
    assert one.then.numerator is not None
    assert one.now.numerator - one.then.numerator == sum(map(Fraction, edited.moved.values()))
    assert one.now.n == one.then.n  # one came, one went
    found = {line.id: (line.what, line.then, line.now) for line in lines(one)}
    raised, closed, deleted = edited.raised, edited.closed, edited.deleted
    assert found == {
        raised["id"]: (CHANGED, raised["amount"], raised["amount"] + 1000),
        closed["id"]: (ADDED, None, closed["amount"]),
        deleted["id"]: (REMOVED, deleted["amount"], None),
    }


def test_the_figures_of_members(compared: Compared, edited: Edited) -> None:
    """By representative: exactly those whose deals were touched, each by the amount of its own."""
    moved: dict[object, Decimal] = defaultdict(Decimal)
    for deal in (edited.raised, edited.closed, edited.deleted):
        moved[deal["owner_id"]] += edited.moved[deal["id"]]
    found = {
        one.figure.at[0][1]: (one.now.numerator or 0) - (one.then.numerator or 0)
        for one in compared["sales"].restated
        if one.figure.kpi == "revenue_won" and [name for name, _ in one.figure.at] == ["owner"]
    }
    assert found == {owner: Fraction(amount) for owner, amount in moved.items()}


def test_every_restated_total_is_made_by_its_rows(compared: Compared) -> None:
    """Whatever the KPI, window, bucket or member: the rows that moved are the difference."""
    seen = 0
    for found in compared.values():
        for one in found.restated:
            kpi = DEFINITIONS[one.figure.kpi]
            if getattr(kpi, "per", 1) is not None or one.then.numerator is None or one.now.numerator is None:
                continue
            moved = sum(Fraction(str(line.now or 0)) - Fraction(str(line.then or 0)) for line in lines(one))
            assert one.now.numerator - one.then.numerator == moved, one.figure
            seen += 1
    assert seen >= 10


def test_what_was_not_touched_says_nothing(compared: Compared) -> None:
    keys = {one.figure.kpi for one in compared["sales"].restated}
    assert {"revenue_won", "average_deal", "quota_attainment"} <= keys
    assert not keys & {"revenue_invoiced", "quote_acceptance", "invoices_overdue", "dso", "deals_lost"}
    before = [one.figure for one in compared["sales"].restated if one.figure.period.end <= YEAR.start]
    assert before == [], "nothing of last year was changed"


def test_restated_figures_are_todays_answers(compared: Compared, copy: Copy) -> None:
    """Asked one by one, without anything of the report."""
    for one in compared["emea"].restated[:40]:
        where = (("region", ("EMEA",)), *((name, (member,)) for name, member in one.figure.at))
        asked = Question((one.figure.kpi,), one.figure.period, TODAY, where=where)
        (today,) = ask(copy, asked)[0]
        assert today.value == pytest.approx(one.now.value)


def test_a_target_that_was_changed(compared: Compared, edited: Edited) -> None:
    one = compared["sales"].by_figure[Figure("quota_attainment", YEAR)]
    assert one.aim is not None
    then, now = one.aim
    assert then
    assert now == pytest.approx(then * 2)


def test_leading_customers(compared: Compared, edited: Edited) -> None:
    """The report on segments names the customers with the largest totals."""
    accounts = {one["account_id"] for one in (edited.raised, edited.closed, edited.deleted)}
    found = {
        one.figure.at[0][1]
        for one in compared["segments"].restated
        if one.figure.kpi == "revenue_won" and one.figure.at and one.figure.at[0][0] == "account"
    }
    assert found <= accounts


def test_a_changed_definition_is_not_restated_data(
    copy: Copy, crm_engine: Engine, kept_ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(DEFINITIONS["revenue_won"], help="Another sentence, for another number.")
    monkeypatch.setitem(DEFINITIONS, "revenue_won", changed)
    monkeypatch.delitem(DEFINITIONS, "deals_won")
    with crm_engine.connect() as crm:
        held = kept.read(crm, kept_ids["sales"], EVERYONE)
        found = kept.compare(copy, held, store.row_sets(crm, kept_ids["sales"]))
    assert found.redefined == ("revenue_won",)
    assert found.undefined == ("deals_won",)
    assert not {"revenue_won", "deals_won"} & {one.figure.kpi for one in found.restated}
    said = " ".join(words.summary(found, words.kept_on(held.head, copy.organisation), held.found.formats))
    assert "Revenue won: defined otherwise since" in said
    assert "deals_won: not defined any more." in said


def test_it_is_shown_as_it_was(
    crm_engine: Engine, copy: Copy, kept_ids: dict[str, int], edited: Edited, compared: Compared
) -> None:
    one = compared["sales"].by_figure[Figure("revenue_won", YEAR)]
    with crm_engine.connect() as crm:
        held = kept.read(crm, kept_ids["sales"], EVERYONE)
        names = Names(crm, held.found.formats)
        document, left_out = kept.as_it_was(held, names)
        today = write(
            REPORTS["sales"], gather(copy, Asked("sales", YEAR, "year", TODAY), REPORTS["sales"]), names
        )
    assert left_out == 0
    assert [part.title for part in document.parts] == [part.title for part in today.parts]
    value = {reading.key: reading.value for reading in document.readings}
    assert value["revenue_won"] == one.then.value
    assert {reading.key: reading.value for reading in today.readings}["revenue_won"] == one.now.value


def test_only_those_who_may_see_it(crm_engine: Engine, copy: Copy, kept_ids: dict[str, int]) -> None:
    emea = Viewer("ema", "user", regions=frozenset({"EMEA"}))
    with crm_engine.connect() as crm:
        assert kept.listed(crm, emea) == []
        with pytest.raises(NotKept):
            kept.read(crm, kept_ids["emea"], emea)
    own = kept.keep(copy, crm_engine, Asked("churn", YEAR, "none", TODAY, viewer=emea), "ema")
    with crm_engine.connect() as crm:
        assert [head.id for head in kept.listed(crm, emea)] == [own.id]
        held = kept.read(crm, own.id, emea)
        assert held.found.scope.asked.viewer == emea
        assert kept.compare(copy, held, store.row_sets(crm, own.id)).restated == ()


def test_no_personal_data_is_kept(crm_engine: Engine, kept_ids: dict[str, int]) -> None:
    """Names of accounts, people and campaigns' members stay in their own tables."""
    with crm_engine.connect() as crm:
        names = {name for name in crm.scalars(select(T["accounts"].c.name)) if name}
        names |= {name for name in crm.scalars(select(T["users"].c.name)) if name}
        names |= {name for name in crm.scalars(select(T["contacts"].c.last_name)) if name and len(name) > 5}
        for key in kept_ids.values():
            held = decompress(store.find(crm, key)[1]).decode()
            texts = {held} | {
                str(value)
                for one in store.row_sets(crm, key)
                for column in unpacked(one.rows or b"").columns
                if str(column.type) == "string"
                for value in set(column.to_pylist())
            }
            assert [name for name in names for text in texts if f'"{name}"' in text or name == text] == []


def test_rows_of_deals_are_those_of_the_crm(
    crm_engine: Engine, kept_ids: dict[str, int], edited: Edited
) -> None:
    """The kept rows of deals won are the deals that were won then, by plain SQL."""
    won = select(DEALS.c.id).where(
        DEALS.c.status == "won", DEALS.c.closed_on >= YEAR.start, DEALS.c.closed_on < YEAR.end
    )
    with crm_engine.connect() as crm:
        now = set(crm.scalars(won))
        (rows,) = [
            one
            for one in store.row_sets(crm, kept_ids["sales"])
            if one.kpi == "deals_won" and one.windows == ((YEAR.start, YEAR.end),)
        ]
    then = (now | {edited.deleted["id"]}) - {edited.closed["id"]}
    assert set(unpacked(rows.rows or b"").column("id").to_pylist()) == then
