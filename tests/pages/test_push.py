"""Which open pages are drawn again when there is news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from ui.push import Push


@dataclass
class Session:
    """A session of Streamlit, as far as it is looked at: it runs until it is let finish."""

    id: str
    _client_state: str = "where it is"
    _scriptrunner: object | None = None
    asked: list[str] = field(default_factory=list)

    def _call_soon_on_event_loop(self, call: Callable[[], None]) -> None:
        call()

    def request_rerun(self, state: str) -> None:
        self.asked.append(state)
        self._scriptrunner = object()


@pytest.fixture
def now() -> list[int]:
    """The version that there is."""
    return [1]


@pytest.fixture
def push(now: list[int]) -> Push:
    return Push(lambda: now[0])


def draws(push: Push, monkeypatch: pytest.MonkeyPatch, *sessions: Session, version: int = 1) -> None:
    """Pages of these sessions have been drawn from this version."""
    manager = SimpleNamespace(list_active_sessions=lambda: [SimpleNamespace(session=one) for one in sessions])
    fake: Any = SimpleNamespace(get_instance=lambda: SimpleNamespace(_session_mgr=manager))
    monkeypatch.setattr("ui.push.runtime", fake)
    for one in sessions:
        monkeypatch.setattr("ui.push.get_script_run_ctx", lambda one=one: SimpleNamespace(session_id=one.id))
        push.shows(version)


def test_a_page_is_drawn_again_once_when_there_is_something_new(
    push: Push, now: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Session("a")
    draws(push, monkeypatch, page)
    assert not push._look()
    now[0] = 2
    push._look()
    push._look()
    assert page.asked == ["where it is"]


def test_a_page_that_is_being_drawn_has_its_turn_later(
    push: Push, now: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Session("a", _scriptrunner=object())
    draws(push, monkeypatch, page)
    now[0] = 2
    assert push._look(), "it is still behind"
    assert page.asked == []
    page._scriptrunner = None
    push._look()
    assert page.asked == ["where it is"]


def test_not_all_pages_are_drawn_at_the_same_time_and_none_is_forgotten(
    push: Push, now: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Session(f"{number}") for number in range(50)]
    draws(push, monkeypatch, *pages)
    now[0] = 2
    rounds = 0
    while push._look():
        rounds += 1
        assert 0 < sum(page._scriptrunner is not None for page in pages) <= 8
        for page in pages:
            page._scriptrunner = None
    assert rounds == 7
    assert all(len(page.asked) == 1 for page in pages)


def test_a_page_that_comes_back_to_the_server_is_looked_at(
    push: Push, now: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Session("a")
    draws(push, monkeypatch, page)
    draws(push, monkeypatch)  # it is away
    now[0] = 2
    assert not push._look()
    manager = SimpleNamespace(list_active_sessions=lambda: [SimpleNamespace(session=page)])
    fake: Any = SimpleNamespace(get_instance=lambda: SimpleNamespace(_session_mgr=manager))
    monkeypatch.setattr("ui.push.runtime", fake)
    push._look()
    assert page.asked == ["where it is"]
