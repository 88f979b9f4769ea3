"""Why an edit was not made. Whatever is raised, nothing was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


class NotSaved(Exception):
    """An edit that was refused. The message is one or two sentences for the person in front."""


class Invalid(NotSaved):
    """Fields that do not make sense: field -> what is wrong, a sentence to stand beside it.

    `proposed`: field -> a value that would do, for the person to agree to.
    """

    def __init__(self, problems: Mapping[str, str], proposed: Mapping[str, object] | None = None) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems, self.proposed = dict(problems), dict(proposed or {})


class Gone(NotSaved):
    """The record is not there, or not for this viewer to see: the two are told in the same words."""


@dataclass(frozen=True)
class Changed:
    """A field that somebody else changed meanwhile, and who did it where that is known."""

    field: str
    before: object
    theirs: object
    mine: object
    who: str | None
    at: datetime | None


class Conflict(NotSaved):
    """Two people changed the same fields. The second chooses, field by field."""

    def __init__(self, fields: Sequence[Changed]) -> None:
        names = ", ".join(one.field for one in fields)
        super().__init__(f"Somebody else changed the same since you opened it: {names}.")
        self.fields = tuple(fields)
