"""Keeps the copy fresh while the app runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Engine

from crm_data.engine import CrmUnavailable
from crm_data.warehouse.copy import Copy, open_copy
from crm_data.warehouse.errors import CopyError, MissingRate

log = logging.getLogger(__name__)

_EVERY = 0.2  # seconds between looks at the CRM database; a look that finds nothing takes a millisecond
_REST = 4  # times as long as a look took, so that somebody who writes all the time does not keep it busy
_LONGEST = 1.0  # seconds


class _Stopped(Exception):
    """The app ends while the copy is loaded."""


class Shown(NamedTuple):
    """The keeper's attributes of these names, and the copy's version."""

    version: int | None
    news: int
    error: str | None
    reloading: bool


class Keeper:
    """A thread that follows the CRM database.

    `copy`: None until there is one with data; from then on it answers, whatever happens to the CRM
    database. `progress`: the share of a full load that is done; `reloading`: an older copy answers
    meanwhile. `error`: why the copy cannot follow, in a sentence; None while it can. `lacks_rate`: it is an
    exchange rate that lacks.

    `then` is called after each refresh and says whether there is news beside the copy's own; `news`
    counts how often there was. `listener` is called after each look after which `shown` is another.
    """

    def __init__(self, engine: Engine, then: Callable[[Copy], bool] = lambda _copy: False) -> None:
        self.copy: Copy | None = None
        self.error: str | None = None
        self.lacks_rate = False
        self.progress = 0.0
        self.reloading = False
        self.news = 0
        self.listener: Callable[[], None] = lambda: None
        self._engine = engine
        self._then = then
        self._looked = False
        self._due = False  # `then` has not been told of the last refresh
        self._opened: Copy | None = None
        self._refused = False  # the data could not be taken in; only a change of the data helps
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._grace = 0.0  # seconds from the end of following to the closing of the copy
        self._close = threading.Event()
        self._begun = self._ended = 0  # looks at the CRM database
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop following and close the copy. A first load in progress is dropped."""
        self._stop.set()
        self._wake.set()
        self._close.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def retire(self, grace: float) -> None:
        """Stop following, and close the copy so many seconds later: until then pages may draw from it."""
        self._grace = grace
        self._stop.set()
        self._wake.set()

    def hurry(self, patience: float = 0.8) -> None:
        """Look now, and wait until a look that began after this call is over, at most so many seconds.

        Then the copy has what was committed before the call; if it is not over yet, it soon will.
        """
        wanted, deadline = self._begun + 1, time.monotonic() + patience
        self._wake.set()
        while self._ended < wanted and time.monotonic() < deadline:
            time.sleep(0.01)

    @property
    def shown(self) -> Shown:
        """What a page depends on, as far as the keeper knows it."""
        version = self.copy.state.version if self.copy else None
        return Shown(version, self.news, self.error, self.reloading)

    @property
    def remade(self) -> str | None:
        """What was wrong with the copy that lay there, as "was made by ..."; None where nothing was."""
        return self._opened.remade if self._opened else None

    def _run(self) -> None:
        while True:
            self._begun += 1
            before, began = self.shown, time.monotonic()
            self._look()
            self._ended = self._begun
            if self.shown != before:
                self.listener()
            if self._opened:
                self._opened.publish()
            self._wake.wait(max(_EVERY, min(_REST * (time.monotonic() - began), _LONGEST)))
            self._wake.clear()
            if self._stop.is_set():
                break
        self._close.wait(self._grace)
        if self._opened:
            self._opened.close()

    def _look(self) -> None:
        """Refresh if there is something new. Whatever goes wrong is said and tried again."""
        try:
            self._follow()
        except (CrmUnavailable, CopyError) as problem:
            self._refused = isinstance(problem, CopyError)
            self.lacks_rate, self.error = isinstance(problem, MissingRate), str(problem)
        except _Stopped:
            pass
        except Exception:
            log.exception("the copy could not be refreshed")
            self.error = "The copy could not be refreshed: the program made a mistake. The log says which."

    def _follow(self) -> None:
        if self._opened is None:
            self._opened = open_copy(self._engine, refresh=False)
            if self._opened.state.version:
                self.copy = self._opened
                self.listener()
        if self._opened.behind() or (self._looked and not self._opened.counted):
            try:
                # First what is new; counting all rows takes seconds in a large CRM.
                self._opened.refresh(heal=self._looked, publish=False, progress=self._progressed)
            finally:
                self.reloading = False
            self.copy, self._looked = self._opened, True
            self._refused, self._due = False, True
        if not self._refused:
            self.lacks_rate, self.error = False, None
        if self._due:
            self.news += self._then(self._opened)
            self._due = False

    def _progressed(self, share: float) -> None:
        self.progress = share
        if self.copy and not self.reloading:
            self.reloading = True
            self.listener()
        if self._stop.is_set():
            raise _Stopped
