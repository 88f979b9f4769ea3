"""Work that goes on beside the page, so that it can be watched and stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from crm_data.engine import CrmUnavailable
from crm_data.importers.errors import Cancelled, ImportStopped
from crm_data.progress import Progress

T = TypeVar("T")


log = logging.getLogger(__name__)


class Job(Generic[T]):
    """One piece of work in a thread of its own. It ends when it is done, even if nobody looks any more.

    `said`: what is being done, how much of it is done, and how much there is. When `over`, there is a
    `result`, a `problem` in words for the person in front, or it was `cancelled`.
    """

    def __init__(self, work: Callable[[Progress], T]) -> None:
        self.said: tuple[str, int, int] = ("Beginning", 0, 1)
        self.result: T | None = None
        self.problem: str | None = None
        self.cancelled = False
        self._stop = threading.Event()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="job", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop at the next step; what was begun is undone."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Until it is over, at most so long."""
        self._thread.join(seconds)

    def _progress(self, what: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.said = (what, done, total)

    def _run(self) -> None:
        try:
            self.result = self._work(self._progress)
        except Cancelled:
            self.cancelled = True
        except (ImportStopped, CrmUnavailable) as problem:
            self.problem = str(problem)
        except Exception:
            log.exception("a job failed")
            self.problem = "The program made a mistake. Nothing was changed; the log says more."
