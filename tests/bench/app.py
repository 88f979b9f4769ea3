"""The real app on a demo CRM, for the parts that measure what people see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import kpis
from crm_data.warehouse import open_copy
from crm_data.warehouse.store import path_for
from kpis import DEFINITIONS, EVERYONE, HEADLINE, Calendar
from kpis.period import anchor
from tests.bench.setting import Setting
from tests.browser.server import serve
from ui.formats import Formats
from ui.overview import FIGURES, questions
from ui.view import View


@dataclass(frozen=True)
class App:
    """`expected`: what the Overview's HTML must hold when it is opened without filters."""

    address: str
    expected: tuple[str, ...]

    def missing(self, page: str) -> list[str]:
        """What is expected and not there."""
        plain = unescape(page)
        return [words for words in self.expected if words not in plain]


@contextmanager
def running(setting: Setting) -> Iterator[App]:
    """The app, with a copy that is up to date before it starts."""
    with (
        setting.on_sqlite() as engine,
        open_copy(engine, setting.home / path_for(engine.url).name) as copy,
    ):
        today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)
        formats = Formats.of(copy.organisation)
        asked = questions(View(), Calendar(copy.organisation), today, EVERYONE)
        now, figures = kpis.ask(copy, asked["now"], asked["figures"])
        tiles = [one for one in now if one.key in HEADLINE]
        spoken = [(DEFINITIONS[one.key], one.value) for one in tiles if one.value is not None]
        plain = [(DEFINITIONS[one.key], one.value) for one in figures if one.key in FIGURES]
    expected = (
        *(f'aria-label="{kpi.label}: {formats.value(kpi.unit, value)}, ' for kpi, value in spoken),
        *(f'class="big">{formats.short(kpi.unit, value)}<' for kpi, value in plain),
    )
    with serve(setting.home) as address:
        yield App(address, expected)
