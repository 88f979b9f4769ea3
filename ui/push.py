"""Draws open pages again when there is news: the server knows, so that no page has to ask.

Streamlit has no public way to run a session's script from outside. What is used of its inside is all in this
file: the list of active sessions, whether a script is running, and the call with which it runs again when a
source file has changed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

log = logging.getLogger(__name__)

_LOOK = 1.0  # seconds until a page that came back to the server is looked at, news or not
_PAUSE = 0.05  # seconds between looks while pages are being drawn
_REMEMBERED = 10_000  # sessions, also those that left: a tab may come back to the server
_AT_ONCE = 8  # pages that are drawn again at the same time; others wait, and people are served meanwhile


class Push:
    """A thread that compares what each open page shows with what there is, which `now` gives."""

    def __init__(self, now: Callable[[], Hashable]) -> None:
        self._now = now
        self._shown: dict[str, Hashable] = {}  # by session
        self._news = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="push", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended = True
        self._news.set()
        if self._thread:
            self._thread.join(10)

    def news(self) -> None:
        """There may be something new. Costs nothing; call it from any thread."""
        self._news.set()

    def shows(self, version: Hashable) -> None:
        """The page that is running now shows this."""
        context = get_script_run_ctx()
        if context:
            self._shown.pop(context.session_id, None)
            self._shown[context.session_id] = version  # is now the newest entry
        while len(self._shown) > _REMEMBERED:
            self._shown.pop(next(iter(self._shown)), None)

    def _run(self) -> None:
        while not self._ended:
            waiting = False
            try:
                waiting = runtime.exists() and self._look()
            except Exception:
                log.exception("open pages could not be drawn again")
            self._news.wait(_PAUSE if waiting else _LOOK)
            self._news.clear()

    def _look(self) -> bool:
        """Have pages drawn that are behind; says whether there were any. Busy ones have their turn later."""
        version = self._now()
        sessions = {
            one.session.id: one.session for one in runtime.get_instance()._session_mgr.list_active_sessions()
        }
        busy = sum(session._scriptrunner is not None for session in sessions.values())
        behind = [session for key, session in sessions.items() if self._shown.get(key, version) != version]
        idle = [session for session in behind if session._scriptrunner is None]
        for session in idle[: max(_AT_ONCE - busy, 0)]:
            session._call_soon_on_event_loop(partial(self._draw, session, version))
        return bool(behind)

    def _draw(self, session: Any, version: Hashable) -> None:
        """In the server's event loop. A script that runs already is let finish: somebody waits for it."""
        if session._scriptrunner is None:
            self._shown[session.id] = version
            session.request_rerun(session._client_state)
