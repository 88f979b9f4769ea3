"""Segments, cohorts and places of customers, each against its own recomputation from the CRM database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from crm_data.warehouse import Copy
from kpis import Question, Viewer, ask, cohorts, opened, rfm, sites
from kpis.period import Period
from tests.kpis.conftest import TODAY, YEAR
from tests.kpis.recompute_crm import Crm
from tests.kpis.recompute_customers import buyers, purchases, stays, there

EVERYTHING = 10**6
PAST = Period(date(2025, 1, 1), date(2026, 1, 1))


def about(period: Period, **where: tuple[object, ...]) -> Question:
    return Question((), period, TODAY, where=tuple(where.items()))


def bought(crm: Crm, until: date) -> dict[int, tuple[int, int, int]]:
    """Account -> days since its last purchase, purchases, cents; of those that have bought by then."""
    cents: Counter[int] = Counter()
    invoiced = {row["account_id"] for row in crm.rows["invoices"] if row["kind"] == "invoice"}
    for line in crm.rows["invoice_lines"]:
        bill = crm.lookup["invoices"][line["invoice_id"]]
        if bill["issued_on"] < until:
            amount = crm.flow_cents(line["amount"], bill["currency"], bill["issued_on"])
            cents[bill["account_id"]] += amount or 0
    for deal in crm.rows["opportunities"]:
        day = deal["closed_on"]
        if deal["status"] == "won" and day and day < until and deal["account_id"] not in invoiced:
            cents[deal["account_id"]] += crm.flow_cents(deal["amount"], deal["currency"], day) or 0
    found = {}
    for account, days in purchases(crm).items():
        past = [day for day in days if day < until]
        if past:
            found[account] = ((until - past[-1]).days - 1, len(past), cents[account])
    return found


@pytest.mark.parametrize("window", [YEAR, PAST])
def test_classes_are_fifths(spoiled: Copy, plain: Crm, window: Period) -> None:
    known = bought(plain, window.end)
    accounts = sorted(known)
    classes = []
    for place in range(3):
        numbers = [known[account][place] for account in accounts]
        ordered = sorted(numbers)
        bounds = [ordered[max(int(np.ceil(len(ordered) * share / 5)) - 1, 0)] for share in range(1, 5)]
        classes.append([1 + sum(number > bound for bound in bounds) for number in numbers])
    expected: dict[rfm.Square, list[int]] = defaultdict(list)
    for account, recency, frequency, monetary in zip(accounts, *classes, strict=True):
        expected[6 - recency, (frequency + monetary + 1) // 2].append(account)
    with opened(spoiled) as data:
        found = rfm.segmentation(data, about(window))
        assert {square: group.customers for square, group in found.squares.items()} == {
            square: len(inside) for square, inside in expected.items()
        }
        for square, inside in expected.items():
            assert found.squares[square].cents == sum(known[account][2] for account in inside)
            total, members = rfm.customers(data, about(window), [square], 0, EVERYTHING)
            assert total == len(inside)
            assert {one.account for one in members} == set(inside)
    assert found.total.customers == len(known)
    assert sum(group.customers for group in found.segments.values()) == len(known)


def test_every_square_has_one_name() -> None:
    named = Counter(rfm.name_of((recency, worth)) for recency in range(1, 6) for worth in range(1, 6))
    assert set(named) == set(rfm.NAMES)


def test_cohorts(spoiled: Copy, plain: Crm) -> None:
    with opened(spoiled) as data:
        found = cohorts.retention(data, about(YEAR))
        rows = buyers(plain)
        here = defaultdict(list)
        for stay in stays(plain):
            here[stay.account].append(stay)
        assert len({one.cohort for one in found}) > 8
        for one in found:
            first = {
                account: day
                for account, day in zip(rows["account"], rows["first"], strict=True)
                if day in one.cohort
            }
            assert one.customers == len(first)
            kept = {
                account
                for account, day in first.items()
                if any(stay.covers(day + timedelta(days=one.days)) for stay in here[account])
            }
            assert one.kept in (len(kept), None)
            assert (one.kept is None) == (one.cohort.end + timedelta(days=one.days) > YEAR.end)
        oldest = found[1]
        total, members = cohorts.members(data, about(YEAR), oldest.cohort, oldest.days, 0, EVERYTHING)
        assert total == len(members) == oldest.customers
        assert sum(member.kept for member in members) == oldest.kept
        for member in members:
            until = member.first + timedelta(days=oldest.days)
            ends = [stay.end for stay in here[member.account] if stay.end and stay.end <= until]
            assert member.lost == max(ends, default=None)


def test_places_hold_all_customers(spoiled: Copy, plain: Crm) -> None:
    with opened(spoiled) as data:
        found = sites.sites(data, about(YEAR))
        now = [row["account"] for _, row in there(plain, YEAR.end)]
        positions = plain.lookup["accounts"]
        assert found.nowhere == sum(positions[account]["latitude"] is None for account in now)
        assert sum(site.customers for site in found.found) + found.nowhere == len(now)
        fullest = found.found[0]
        total, members = sites.accounts(data, about(YEAR), found.wide, fullest.cell, 0, EVERYTHING)
        assert total == len(members) == fullest.customers
        assert sum(cents or 0 for _, cents in members) == fullest.cents
        for account, _ in members:
            assert abs(positions[account]["latitude"] - fullest.latitude) <= found.wide / 10
            assert abs(positions[account]["longitude"] - fullest.longitude) <= found.wide / 10


def test_filters_and_rights(spoiled: Copy) -> None:
    emea, seen = ("EMEA",), Viewer(regions=frozenset({"EMEA"}))
    hostile = ("'; DROP TABLE sites; --",)
    with opened(spoiled) as data:
        for compute in (rfm.segmentation, cohorts.retention, sites.sites):
            by_filter = compute(data, about(YEAR, region=emea))
            assert by_filter == compute(data, Question((), YEAR, TODAY, viewer=seen))
            assert by_filter != compute(data, about(YEAR))
        assert rfm.segmentation(data, about(YEAR, region=hostile)).total.customers == 0
        assert cohorts.retention(data, about(YEAR, region=hostile)) == []
        assert sites.sites(data, about(YEAR, region=hostile)).found == ()
    (reading,) = ask(spoiled, Question(("active_customers",), YEAR, TODAY, where=(("region", emea),)))[0]
    with opened(spoiled) as data:
        located = sites.sites(data, about(YEAR, region=emea))
    assert sum(site.customers for site in located.found) + located.nowhere == reading.value
