"""The import that a session is at: its files, what was found in them, and how far it has come."""

from __future__ import annotations

import re
import shutil
import time
import uuid
import weakref
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import available_timezones

import streamlit as st

from crm_data.engine import home
from crm_data.importers.outcome import Outcome
from crm_data.reconcile import Reconciliation
from ui import cache
from ui.importing import work
from ui.importing.work import Answers, Looked
from ui.job import Job

_KEY = "import"
_LONGEST_NAME = 120
_FORGOTTEN = 24 * 3600  # seconds
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


class Dropped(Protocol):
    """The part of an uploaded file that is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def file_id(self) -> str: ...
    def getbuffer(self) -> memoryview: ...


def _number() -> str:
    return uuid.uuid4().hex[:8]


@dataclass(eq=False)
class Session:
    """One import from the first file to the comparison. Its folder goes with it.

    `number` keeps the controls of some files apart from those of the next, and `looks` tables in which
    something was said from the same ones drawn anew.
    """

    folder: Path
    number: str = field(default_factory=_number)
    looks: int = 0
    dropped: tuple[str, ...] = ()
    answers: Answers = field(default_factory=Answers)
    looking: Job[Looked] | None = None
    loading: Job[Outcome] | None = None
    comparing: Job[Reconciliation] | None = None

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def held(self) -> list[Path]:
        """The files that were dropped. They stay until others are, whatever page is shown meanwhile."""
        return sorted(self.files.iterdir()) if self.dropped else []

    @property
    def looked(self) -> Looked | None:
        return self.looking.result if self.looking and self.looking.over else None

    @property
    def busy(self) -> bool:
        """Whether rows are being written: until that is over, the files and what was read must stay."""
        return self.loading is not None and not self.loading.over

    @property
    def done(self) -> int:
        """How many of the seven steps are behind us."""
        if self.outcome is not None:
            compared = (
                self.comparing is not None and self.comparing.over and self.comparing.result is not None
            )
            return 7 if compared else 6
        return 4 if self.looked and self.looked.prepared else 0

    @property
    def stopped(self) -> bool:
        """Whether the step that we are at could not be done."""
        jobs = (self.comparing, self.loading, self.looking)
        last = next((job for job in jobs if job is not None), None)
        looked = self.looked
        return last is not None and last.over and bool(last.problem or (looked and looked.problem))

    @property
    def outcome(self) -> Outcome | None:
        return self.loading.result if self.loading and self.loading.over else None


_alive: weakref.WeakSet[Session] = weakref.WeakSet()  # of this process


def current() -> Session:
    """The session's import; a new one where there is none. Raises CrmUnavailable."""
    known = st.session_state.get(_KEY)
    if known is None:
        known = st.session_state[_KEY] = _new()
    found: Session = known
    return found


def take(session: Session, uploads: Sequence[Dropped]) -> None:
    """Put the files that were dropped in place of those before, and look at them. They may be none."""
    ids = tuple(one.file_id for one in uploads)
    if ids == session.dropped or session.busy:
        return
    _drop(session)
    session.dropped, session.number = ids, _number()
    session.answers = Answers(settings={"time_zone": _time_zone()})
    shutil.rmtree(session.folder, ignore_errors=True)
    session.files.mkdir(parents=True)
    for one in uploads:
        _free(session.files, safe_name(one.name)).write_bytes(one.getbuffer())
    look(session)


def look(session: Session, known: Looked | None = None) -> None:
    """Find out what the files hold, with what was answered so far. Nothing is written into the CRM.

    known: what was recognised already, where only the answers are new.
    """
    if session.busy:
        return
    _drop(session)
    session.looks += 1
    if session.dropped:
        answers = deepcopy(session.answers)  # which the page may change meanwhile
        session.looking = Job(partial(work.look, cache.crm(), session.files, session.folder, answers, known))


def load(session: Session) -> None:
    """Write what was read, as decided."""
    looked = session.looked
    if looked and looked.prepared and not session.loading:
        session.loading = Job(partial(work.load, cache.crm(), looked, deepcopy(session.answers)))


def compare(session: Session) -> None:
    """Count the files again beside the CRM as it is now."""
    if session.looked and session.outcome:
        key, paths = session.outcome.key, session.looked.paths
        session.comparing = Job(partial(work.compare, cache.crm(), key, paths))


def slim(session: Session) -> None:
    """What was seen in the files is of no use once they are loaded, and takes memory."""
    if session.looking and session.looking.result:
        session.looking.result = replace(session.looking.result, recognised=(), now=())


def start_over() -> None:
    """The session's import is over: its files go."""
    session = st.session_state.pop(_KEY, None)
    if session:
        _drop(session)
        shutil.rmtree(session.folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """A name that is one file in one folder, whatever was typed; it keeps its ending."""
    bare = _NOT_IN_NAMES.sub("_", name).strip(" .") or "file"
    while len(bare.encode()) > _LONGEST_NAME:
        stem, dot, ending = bare.rpartition(".")
        bare = f"{stem[:-1]}.{ending}" if dot and len(stem) > 1 and len(ending) < 10 else bare[:-1]
    return bare


def _time_zone() -> str:
    """The one that the person's browser is in."""
    zone = st.context.timezone
    return zone if zone in available_timezones() else "UTC"


def _new() -> Session:
    place = home() / "uploads"
    place.mkdir(exist_ok=True)
    here = {session.folder for session in _alive}
    for folder in place.iterdir():  # of processes that were killed
        if folder not in here and time.time() - folder.stat().st_mtime > _FORGOTTEN:
            shutil.rmtree(folder, ignore_errors=True)
    session = Session(place / uuid.uuid4().hex)
    session.files.mkdir(parents=True)
    _alive.add(session)
    weakref.finalize(session, shutil.rmtree, session.folder, ignore_errors=True)
    return session


def _free(folder: Path, name: str) -> Path:
    """Of two files with the same name, the second gets a number."""
    place, number = folder / name, 2
    while place.exists():
        place = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return place


def _drop(session: Session) -> None:
    """Forget what was found in the files before."""
    if session.looking:
        session.looking.cancel()
        session.looking.wait(10)
        if session.looking.result and session.looking.result.prepared:
            session.looking.result.prepared.close()
    session.looking = session.loading = session.comparing = None
