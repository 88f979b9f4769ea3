"""Every number on every page leads to its rows, and is the number that the proof gives."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

import kpis
from crm_data.warehouse import Copy
from kpis import COUNTED, DEFINITIONS, NoRows
from kpis.model import Unit
from kpis.period import anchor
from kpis.reports import REPORTS
from tests.pages.conftest import Open
from tests.pages.crawl import Shown, shown
from ui.formats import NOT_AVAILABLE, Formats
from ui.overview import window
from ui.pages import PAGES
from ui.resum import CHECKED, adds_up
from ui.view import View

VIEWS: tuple[dict[str, Any], ...] = (
    {},
    {"region": ["EMEA"], "segment": ["Mid-market"]},
    {"from": "2026-04-01", "to": "2026-07-01"},
)
#: What each page shows beside its default. An alert's number is that of the last look: see tests/alerts.
SHOWN: tuple[dict[str, str], ...] = (
    *({"page": entry.name} for entry in PAGES if entry.name not in ("alerts", "customer")),
    {"page": "customer", "account": "5"},
    *({"page": "rows", "kpi": key} for key in ("churn_rate", "revenue_won", "cac", "active_customers")),
    *({"page": "reports", "report": name} for name in REPORTS),
)
RECORDS = {"customer": "account", "contacts": "contact", "cases": "case"}
_FOLLOWED = 20  # links of a page whose numbers are asked for again
_ADDED_UP = 3  # and whose rows are added up

_NUMBER = re.compile(r"[+−-]?[€-]?[\d.,]+(%|[KMB]| [dh]| days?| hours?)?")


class Proof:
    """Asks what a link leads to, as the page of rows does."""

    def __init__(self, copy: Copy) -> None:
        self._copy, self._formats = copy, Formats.of(copy.organisation)
        self._calendar = kpis.Calendar(copy.organisation)
        self._today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)

    def questions(self, links: list[Shown]) -> list[kpis.Question]:
        views = [View.from_url(one.url) for one in links]
        return [
            kpis.Question(
                (view.kpi or "",),
                view.bucket or window(view, self._calendar, self._today),
                self._today,
                where=view.everything,
            )
            for view in views
        ]

    def wrong(self, page: str, links: list[Shown]) -> list[str]:
        """The links whose number is another one than that of the proof."""
        questions = self.questions(links)
        answers = kpis.ask(self._copy, *questions)
        return [
            f"{one.text}, not {self._words(reading)}: {one.href}"
            for one, (reading,) in zip(links, answers, strict=True)
            if one.text not in self._words(reading, page, one)
        ]

    def _words(self, reading: kpis.Reading, page: str = "", one: Shown | None = None) -> set[str]:
        """The ways to write the reading."""
        write, unit = self._formats, DEFINITIONS[reading.key].unit
        words = {write.short(unit, reading.value), write.value(unit, reading.value)}
        over, below = float(reading.numerator or 0), float(reading.denominator or 0)
        if one and ".ledger" in one.place:  # who came and who left
            words |= {f"{sign}{write.number(reading.value or 0)}" for sign in "+−"}
        if one and ".funnel" in one.place:  # how many took the step
            words |= {write.number(over), write.number(below)}
        if page == "reports" and reading.key == "win_rate_value":  # the amounts of deals lost
            words.add(write.value(Unit.MONEY, below))
        if one and page == "service" and reading.n is not None:  # how many answered
            words.add(write.number(reading.n))
        return words

    def not_adding_up(self, links: list[Shown]) -> list[str]:
        wrong = []
        questions = self.questions(links)
        for one, question, (reading,) in zip(links, questions, kpis.ask(self._copy, *questions), strict=True):
            try:
                found = kpis.rows(self._copy, question, COUNTED, offset=0, limit=CHECKED)
            except NoRows:
                continue  # a formula; its parts have rows
            if reading.numerator is not None and not adds_up(found, reading):
                wrong.append(one.href)
        return wrong


def numbers(page: str, links: list[Shown]) -> list[Shown]:
    """The links to rows that carry a number; the parts of a change are tested where changes are."""
    found = []
    for one in links:
        text = one.text.strip()
        if page == "reports" and "svg" in one.place:  # a point of a curve says its bucket, too
            text = text.rpartition(": ")[2]
        if one.page != "rows" or not (_NUMBER.fullmatch(text) or text == NOT_AVAILABLE):
            continue
        part_of_change = text[0] in "+−" or float(re.sub(r"\D", "", text) or 1) == 0
        if (page == "rows" and ".waterfall" in one.place) or (page == "reports" and part_of_change):
            continue
        found.append(Shown(one.href, text, one.place, one.said))
    return found


@pytest.mark.parametrize("view", VIEWS, ids=["all", "filtered", "quarter"])
@pytest.mark.parametrize("where", SHOWN, ids=lambda where: "-".join(where.values()))
def test_every_number_is_that_of_its_rows(
    open_page: Open, copy: Copy, where: dict[str, str], view: dict[str, Any]
) -> None:
    query = {key: value for key, value in (where | view).items() if key != "page"}
    test = open_page(where["page"], **query)
    assert not test.exception
    links, loose = shown(test)
    assert not [one.href for one in links if one.page == "rows" and unknown(one)]
    tiles = [one for one in links if one.place.startswith("title")]
    assert not [one for one in (*tiles, *loose) if one.text == NOT_AVAILABLE and not one.said]
    found = numbers(where["page"], links)
    step = max(1, len(found) // _FOLLOWED)
    sample = found[VIEWS.index(view) % step :: step]
    proof = Proof(copy)
    assert not proof.wrong(where["page"], sample)
    assert not proof.not_adding_up(sample[:: max(1, len(sample) // _ADDED_UP)])


@pytest.mark.parametrize("where", [{"page": "service"}, {"page": "customers"}, {"page": "data"}], ids=str)
def test_links_to_records_open(open_page: Open, where: dict[str, str]) -> None:
    links, _ = shown(open_page(where["page"]))
    records = {one.page: one for one in links if one.page in RECORDS and one.url.get_all(RECORDS[one.page])}
    for name, one in records.items():
        key = one.url.get_all(RECORDS[name])[0]
        test = open_page(name, **{RECORDS[name]: key})
        assert not test.exception
        assert not test.info, [box.value for box in test.info]  # "There is no account no. …"


def unknown(one: Shown) -> bool:
    """The link names no KPI, and is not to the list of all."""
    kpi = View.from_url(one.url).kpi
    return kpi is not None and kpi not in DEFINITIONS
