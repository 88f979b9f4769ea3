"""What recognition says about a file, and how a person contradicts it."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any

from crm_data.importers.field import PLACEHOLDER
from crm_data.importers.mapping import Mapping
from crm_data.importers.recognise.look import Look

#: What becomes of a column that fills no column of the CRM.
CUSTOM = "custom"  # kept with the row, as text
LEFT_OUT = ""
#: What a column becomes by which rows are known; several are it together.
ID = "source_id"


@dataclass(frozen=True)
class ColumnGuess:
    """What a column of the file becomes."""

    heading: str
    becomes: tuple[str, ...]  # "accounts.name"; several where it fills several; empty: no column of the CRM
    custom: bool = False  # kept with the row under its own heading
    why: str = ""  # where that needs saying


@dataclass(frozen=True)
class Filled:
    """Where the values of one column come from, in the file's own headings."""

    headings: tuple[str, ...] = ()
    template: str | None = None
    value: str | None = None
    options: MappingOf[str, Any] = field(default_factory=dict)
    said: str = ""  # what a person should know

    @property
    def all_headings(self) -> tuple[str, ...]:
        named = PLACEHOLDER.findall(self.template or "")
        conditions = [heading for one in self.options.get("when", ()) for heading in one]
        return (*self.headings, *named, *conditions)


@dataclass(frozen=True)
class Candidate:
    """A system and an object that the file could be."""

    system: str  # such as "salesforce"; "generic": told from the headings' meaning alone
    object: str  # as the system calls it, such as "Opportunity"
    fills: str  # the object of the CRM that its rows become, such as "opportunities"; empty: none
    confidence: float  # 0 to 1


@dataclass(frozen=True)
class Recognised:
    """A file, or one sheet of a workbook, and what it is held to be."""

    file: str  # as the mapping names it
    sheet: str | None
    system: str | None  # None: nothing is known that has such headings
    object: str | None
    fills: str | None
    confidence: float
    reasons: tuple[str, ...]
    columns: tuple[ColumnGuess, ...]
    runners_up: tuple[Candidate, ...] = ()
    problem: str | None = None  # why it cannot be imported as it stands, in a sentence
    look: Look | None = field(default=None, repr=False, compare=False)  # what was seen in it
    against: str = ""  # why a person must say what it is, however sure the headings are


@dataclass(frozen=True)
class Override:
    """What a person knows better about a file. What is None stays as recognised."""

    file: str
    sheet: str | None = None
    system: str | None = None
    object: str | None = None
    columns: MappingOf[str, str] = field(default_factory=dict)  # heading: "name", ID, CUSTOM, LEFT_OUT
    day_first: bool | None = None  # of dates such as 03/04/2026
    left_out: bool = False  # the file is not imported


@dataclass(frozen=True)
class Proposal:
    """A mapping for the files, and its text, which reads as the same mapping."""

    mapping: Mapping
    text: str
    remarks: tuple[str, ...]  # guesses that a person should look at, in sentences
