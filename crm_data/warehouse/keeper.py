"""Keeps the copy fresh while the app runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine

from crm_data.engine import CrmUnavailable
from crm_data.warehouse.copy import Copy, open_copy
from crm_data.warehouse.errors import CopyError

log = logging.getLogger(__name__)

_EVERY = 1.0  # seconds between looks at the CRM database


class _Stopped(Exception):
    """The app ends while the copy is loaded."""


class Keeper:
    """A thread that follows the CRM database.

    `copy`: None until there is one with data; from then on it answers, whatever happens to the CRM
    database. `progress`: the share of the first load that is done. `error`: why the copy cannot
    follow, in a sentence; None while it can.

    `then` is called after each refresh and says whether there is news beside the copy's own; `news`
    counts how often there was. `listener` is called after each look after which `shown` is another.
    """

    def __init__(self, engine: Engine, then: Callable[[Copy], bool] = lambda _copy: False) -> None:
        self.copy: Copy | None = None
        self.error: str | None = None
        self.progress = 0.0
        self.news = 0
        self.listener: Callable[[], None] = lambda: None
        self._engine = engine
        self._then = then
        self._due = False  # `then` has not been told of the last refresh
        self._opened: Copy | None = None
        self._refused = False  # the data could not be taken in; only a change of the data helps
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._begun = self._ended = 0  # looks at the CRM database
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop following and close the copy. A first load in progress is dropped."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def hurry(self, patience: float = 0.8) -> None:
        """Look now, and wait until a look that began after this call is over, at most so many seconds.

        Then the copy has what was committed before the call; if it is not over yet, it soon will.
        """
        wanted, deadline = self._begun + 1, time.monotonic() + patience
        self._wake.set()
        while self._ended < wanted and time.monotonic() < deadline:
            time.sleep(0.01)

    @property
    def shown(self) -> tuple[int | None, int, str | None]:
        """What a page depends on, as far as the keeper knows it."""
        return self.copy.state.version if self.copy else None, self.news, self.error

    def _run(self) -> None:
        while True:
            self._begun += 1
            before = self.shown
            self._look()
            self._ended = self._begun
            if self.shown != before:
                self.listener()
            self._wake.wait(_EVERY)
            self._wake.clear()
            if self._stop.is_set():
                break
        if self._opened:
            self._opened.close()

    def _look(self) -> None:
        """Refresh if there is something new. Whatever goes wrong is said and tried again."""
        try:
            self._follow()
        except (CrmUnavailable, CopyError) as problem:
            self._refused = isinstance(problem, CopyError)
            self.error = str(problem)
        except _Stopped:
            pass
        except Exception:
            log.exception("the copy could not be refreshed")
            self.error = "The copy could not be refreshed: the program made a mistake. The log says which."

    def _follow(self) -> None:
        if self._opened is None:
            self._opened = open_copy(self._engine, refresh=False)
            self.copy = self._opened if self._opened.state.version else None
        if self._opened.behind():
            self._opened.refresh(progress=self._progressed)
            self.copy = self._opened
            self._refused, self._due = False, True
        if not self._refused:
            self.error = None
        if self._due:
            self.news += self._then(self._opened)
            self._due = False

    def _progressed(self, share: float) -> None:
        self.progress = share
        if self._stop.is_set():
            raise _Stopped
