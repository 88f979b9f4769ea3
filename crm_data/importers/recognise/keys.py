"""By what the rows of a file are known: a column that is their id, or else columns that tell them apart.

It must be the same in the next import of such a file: a row that is known by something else is added anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from crm_data.importers.errors import ImportStopped, listed
from crm_data.importers.field import PLACEHOLDER, Field
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.vendors import bare, systems
from crm_data.schema.system import imports

#: Of rows without an id: columns that may tell one from another, together if need be, the best first.
_TELLING = {
    "accounts": (("name",), ("name", "domain"), ("name", "country", "city"), ("name", "city"),
                 ("name", "country"), ("name", "phone")),
    "contacts": (("email",), ("first_name", "last_name"), ("first_name", "last_name", "account_id")),
    "leads": (("email",), ("first_name", "last_name", "company")),
    "users": (("email",), ("name",)),
    "invoices": (("number",),),
    "quotes": (("number",),),
    "activities": (("subject", "happened_at"),),
    "cases": (("subject", "opened_at"),),
}  # fmt: skip
_TELLING_ELSE = (("name",), ("name", "account_id"), ("name", "account_id", "opened_on"))

#: Deals are often called alike, in the next file if not in this one: all of these that are always filled.
_OF_DEALS = ("name", "account_id", "opened_on")

#: What changes in the life of a row says little about which one it is.
_CHANGING = frozenset(
    ["status", "stage", "probability", "closed_on", "expected_close", "close_reason", "owner_id", "priority"]
)
_MOST = 6  # columns that make an id together

#: A long number as a spreadsheet shows it, which has lost its last digits.
_CUT_SHORT = re.compile(r"\d([.,]\d+)?E\+\d+")

_IMPORTS = 100  # that are looked at, the latest ones


@dataclass(frozen=True)
class Key:
    """What tells rows apart, as a mapping writes it; None: nothing does.

    `said`: what a person should know about it. `fault`: why the file cannot be imported with it.
    """

    id: str | None
    said: str = ""
    fault: str = ""
    anew: bool = False  # what the CRM has already would be added a second time


@dataclass(frozen=True)
class Former:
    """By what the rows of an object were known before."""

    object: str
    id: str  # as a mapping writes it
    place: str  # "import no. 3"; "deals.csv", another file of the same import
    of_import: bool = False


def chosen(look: Look, fills: str, named: Sequence[str], filled: dict[str, str]) -> Key:
    """What tells the rows apart: the first of the named ids, or what is filled.

    filled: column of the CRM -> the heading that alone fills it.
    """
    if not named:
        return _telling(look, fills, filled)
    key = named[0]
    if key not in look.headings:
        return Key(key)
    if text := _cut_short(look, key):
        fault = (
            f"A spreadsheet has cut the ids of {look.file.name} short: '{key}' has '{text}', which can be "
            "many rows. Export it again, and do not save it with a spreadsheet."
        )
        return Key(key, fault=fault)
    if look.distinct([key]):
        return Key(key)
    again, example = look.repeated([key])
    if _is_name(key, filled):
        found = _telling(look, fills, filled)
        if found.said or found.id is None or not again:
            return found
        words = (
            f"{_rows(again)} the same '{key}' as another one, such as '{example}', so its rows are known by"
        )
        return Key(found.id, f"{words} {_words(found.id)} together")
    if not again:
        return Key(key)
    return Key(
        key,
        f"{_rows(again)} the same '{key}' as another one, such as '{example}'. Of rows with the same id the "
        "last one counts, and the others are not imported; what other columns tell them apart can be said",
    )


def is_cut_short(look: Look, key: str) -> bool:
    """Whether a column holds numbers that have lost their last digits."""
    return key in look.headings and bool(_cut_short(look, key))


def _cut_short(look: Look, heading: str) -> str:
    """A number of the column that has lost its last digits; empty where none has."""
    return next(filter(_CUT_SHORT.fullmatch, look.texts[look.headings.index(heading)]), "")


def as_before(look: Look, object_name: str, key: str, formers: Iterable[Former]) -> Key | None:
    """What the rows are known by already, where that is something else; None: it is the same.

    formers: the latest first. Raises ImportStopped where the rows of the file cannot be told apart by what
    they were known by.
    """
    own = [former for former in formers if former.object == object_name]
    if not own or any(bare(former.id) == bare(key) for former in own):
        return None
    what, name = object_name.replace("_", " "), look.file.name
    for former in own:
        headings = PLACEHOLDER.findall(former.id) or [former.id]
        if not set(headings) <= set(look.headings):
            continue
        if look.distinct(headings):
            return Key(former.id, f"its rows are known by {_words(former.id)}, as in {former.place}")
        again, example = look.repeated(headings)
        if not again or _alike(former.id, key, object_name):
            continue
        if not former.of_import:
            return Key(
                key,
                f"its rows are known by {_words(key)}, and those of {former.place} by {_words(former.id)}: "
                "one that stands in both is added twice",
            )
        raise ImportStopped(
            f"In {former.place} {what} were known by {_words(former.id)}. In {name} {_rows(again)} that in "
            f"common with another one, such as '{example}', so it cannot be told which of them the CRM has. "
            f"Export the file with a column of ids, or undo {former.place} and bring all of its rows again."
        )
    if any(_alike(former.id, key, object_name) for former in own):
        return None
    before = own[0]
    twice = "those that the CRM has already are" if before.of_import else "those that stand in both files are"
    return Key(
        key,
        f"in {before.place} {what} are known by {_words(before.id)}, which this file has not. Here they are "
        f"known by {_words(key)}, so {twice} added a second time",
        anew=before.of_import,
    )


def formers(connection: Connection, source: str) -> list[Former]:
    """By what rows were known in the imports of this source that were not undone, the latest first."""
    columns = imports.c
    query = (
        select(columns.id, columns.mapping)
        .where(columns.source_system == source, columns.undone_at.is_(None), columns.mapping.is_not(None))
        .order_by(columns.id.desc())
        .limit(_IMPORTS)
    )
    found: dict[tuple[str, str], Former] = {}
    seen = set()
    for row in connection.execute(query):
        if row.mapping in seen:
            continue
        seen.add(row.mapping)
        try:
            blocks = parse_mapping(row.mapping).blocks
        except ImportStopped:
            continue  # an older version of this program could read it
        for block in blocks:
            if block.rows == "all" and (key := written(block.id)):
                former = Former(block.table.name, key, f"import no. {row.id}", True)
                found.setdefault((former.object, bare(key)), former)
    return list(found.values())


def written(field: Field) -> str:
    """An id as a mapping writes it; empty where it is neither one heading nor a template."""
    return field.template or (field.heading[0] if len(field.heading) == 1 else "")


def template(headings: Sequence[str]) -> str:
    """An id of one heading, or of several together."""
    return headings[0] if len(headings) == 1 else "/".join(f"{{{heading}}}" for heading in headings)


def _telling(look: Look, fills: str, filled: dict[str, str]) -> Key:
    """Columns that tell the rows apart where none is an id; where nothing does, all that are filled."""
    ways: list[tuple[str, ...]] = [*_TELLING.get(fills, ()), *_TELLING_ELSE]
    if fills == "opportunities":
        ways.insert(0, tuple(name for name in _OF_DEALS if name in filled and look.always(filled[name])))
    tried: list[Any] = []
    for names in ways:
        headings = [filled[name] for name in names if name in filled]
        if headings and headings not in tried:
            tried.append(headings)
            if look.distinct(headings):
                return Key(template(headings))
    lasting = list(dict.fromkeys(heading for name, heading in filled.items() if name not in _CHANGING))
    every = list(dict.fromkeys([*lasting, *filled.values()]))[:_MOST]
    if len(every) < 2:
        return Key(None)
    again, _ = look.repeated(every)
    alike = (
        f"; {_rows(again)} even these in common with another one, and only the last counts" if again else ""
    )
    return Key(
        template(every),
        f"only {listed(every)} together tell its rows apart{alike}. A row in which one of them changes is "
        "added again by the next import; export the file with a column of ids if there is one",
    )


@cache
def _ids(object_name: str) -> frozenset[str]:
    """Every heading that is an id of such rows in some system, and neither a name nor an address."""
    found, names = set(), set()
    for system in systems().values():
        parts = [part for each in system.objects.values() if each.part for part in (each.part, *each.also)]
        for part in parts:
            if part.fills == object_name and part.rows == "all":
                found |= {
                    bare(each) for name in part.id for each in (name, *system.aliases.get(bare(name), ()))
                }
                sources = [*part.columns.get("name", ()), *part.columns.get("email", ())]
                names |= {bare(heading) for source in sources for heading in source.headings}
    return frozenset(found - {name for name in names if not name.endswith("id")})


def _alike(one: str, other: str, object_name: str) -> bool:
    """Whether both are headings of ids, which may be headed otherwise in each export."""
    return {bare(one), bare(other)} <= _ids(object_name)


def _is_name(key: str, filled: dict[str, str]) -> bool:
    """Whether a heading that serves as an id is a name or an address, which two rows may share."""
    return key in (filled.get("name"), filled.get("email")) and not bare(key).endswith("id")


def _words(key: str) -> str:
    return " and ".join(f"'{heading}'" for heading in PLACEHOLDER.findall(key) or [key])


def _rows(number: int) -> str:
    return f"{number:,} {'row has' if number == 1 else 'rows have'}"
