"""The copy as one answer sees it: statements that speak of the same data, and how fresh that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from crm_data.organisation import Organisation
from kpis.dimensions import DIMENSIONS, Marked
from kpis.period import Calendar
from kpis.query import Engine


class State(Protocol):
    """How fresh the copy is."""

    @property
    def version(self) -> int: ...
    @property
    def refreshed_at(self) -> datetime | None: ...
    @property
    def changed_at(self) -> datetime | None: ...
    @property
    def newest_day(self) -> date | None: ...
    @property
    def marked(self) -> Sequence[Marked]: ...


class Copy(Protocol):
    """The copy of the CRM database, which may be refreshed at any time."""

    def snapshot(self) -> AbstractContextManager[Engine]: ...
    @property
    def organisation(self) -> Organisation: ...
    @property
    def state(self) -> State: ...


@dataclass(frozen=True)
class Snapshot:
    """What an answer is computed from."""

    engine: Engine
    calendar: Calendar
    state: State


@contextmanager
def opened(copy: Copy) -> Iterator[Snapshot]:
    """The copy as it is now. A refresh meanwhile changes nothing of it."""
    state = copy.state
    DIMENSIONS.follow(state.marked)
    with copy.snapshot() as engine:
        yield Snapshot(engine, Calendar(copy.organisation), state)
