"""How the dates of a file are written, and which of day and month comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date

from crm_data.importers.mapping import OBJECTS
from crm_data.importers.recognise.model import Filled
from crm_data.importers.recognise.spelling import DateSpelling, date_spelling
from crm_data.importers.recognise.told import Taken, texts_of
from crm_data.schema.types import UTCDateTime

_ORDER = {True: "the day comes first", False: "the month comes first"}


def dates_written(files: Sequence[Taken], file: Taken, filled: Filled, remarks: list[str]) -> dict[str, Any]:
    """The formats of a column of dates, as a mapping says them; how their order is told is remarked."""
    found = _dates_in(file, filled)
    if not found.patterns or found.patterns == ("iso",):
        return {}
    first = found.day_first
    if found.ordered and file.override.day_first is not None:
        first = file.override.day_first
    elif found.ordered:
        first, why = _order(files, file, found)
        remarks.append(f"{file.look.file.name}, '{filled.headings[0]}': {why}")
    return {"dates": list(found.formats(bool(first)))}


def _order(files: Sequence[Taken], file: Taken, found: DateSpelling) -> tuple[bool, str]:
    """Whether the day comes first, and how that is told."""
    first = found.day_first
    if found.mixed:
        return bool(first), f"days and months stand in both orders; as for most, {_ORDER[bool(first)]}."
    if first is not None:
        return first, f"{_ORDER[first]}, as in {found.example}."
    if (other := _order_of_dates([file])) is not None:
        return other, f"{_ORDER[other]}, as in the file's other dates."
    if (other := _order_of_dates([one for one in files if one.system is file.system])) is not None:
        return other, f"{_ORDER[other]}, as in the other files."
    guess = file.system.day_first
    return guess, f"{found.example} could be read in two ways. That {_ORDER[guess]} is a guess; please say."


def _dates_in(file: Taken, filled: Filled) -> DateSpelling:
    """Told from the sample; where that does not tell the order, from the whole column."""
    found = date_spelling(texts_of(file.look, filled.headings))
    if found.ordered and found.day_first is None and file.look.cut:
        index = file.look.headings.index(filled.headings[0])
        found = date_spelling(set(file.look.whole(index)))
    return found


def _order_of_dates(files: Sequence[Taken]) -> bool | None:
    """The order of day and month that the dates of files tell; None where they do not agree on one."""
    told = set()
    for file in files:
        for part in file.parts:
            for name, filled in part.columns.items():
                if isinstance(OBJECTS[part.part.fills].c[name].type, Date | UTCDateTime) and filled.headings:
                    told.add(_dates_in(file, filled).day_first)
    told.discard(None)
    return told.pop() if len(told) == 1 else None
