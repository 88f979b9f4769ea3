"""What is known of each system: vendors/*.toml, read.

A file there says, for each object that the system exports, which headings it has and what becomes of them:

    aliases            [aliases] other names of a heading: older ones, other languages
    fills              the object of the CRM
    files              beginnings of usual file names
    ids                a pattern that the object's ids fit, where they tell it from others
    id                 headings of the id, the best first
    known              further headings, which tell the object but fill nothing
    where, options     as in a mapping
    columns            the CRM's column = headings that can fill it, joined by " | "; or a table as in a
                       mapping, or a list of them of which the first whose headings are there counts.
                       `stand_in`: headings that may take their place, which is then said.
                       In `when`, "@status" stands for whatever fills the status
    split              the sign between several ids in a cell
    also               further objects of the CRM that the same rows fill
    instead_of         an object of the CRM that the rows are no more than like, for want of a place of their
                       own: left out where another file has the real ones
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from crm_data.importers.field import PLACEHOLDER

FOLDER = Path(__file__).with_name("vendors")

GENERIC = "generic"
#: In `when`: the column or columns that fill the status, whichever they are.
STATUS = "@status"


def bare(heading: str) -> str:
    """What is compared of a heading: letters without accents, and digits."""
    letters = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(sign for sign in letters if sign.isalnum())


@dataclass(frozen=True)
class Source:
    """Where the values of a column may come from."""

    headings: tuple[str, ...] = ()
    stand_in: tuple[str, ...] = ()
    template: tuple[str, ...] = ()  # texts and headings in turn
    value: str | None = None
    options: MappingOf[str, Any] = field(default_factory=dict)  # as in a mapping

    @property
    def all_headings(self) -> tuple[str, ...]:
        conditions = [name for one in self.options.get("when", ()) for name in one if name != STATUS]
        return (*self.headings, *self.stand_in, *self.template[1::2], *conditions)


@dataclass(frozen=True)
class Part:
    """An object of the CRM that the rows of a file fill."""

    fills: str
    id: tuple[str, ...]  # headings
    columns: MappingOf[str, tuple[Source, ...]]
    where: MappingOf[str, tuple[str, ...]]
    rows: str = "all"
    #: Left out where another file fills this object of the CRM, unless names are all that refers to it.
    only_without: str | None = None
    split: str | None = None  # the sign between several ids in a cell, of which the first counts
    options: MappingOf[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VendorObject:
    """A kind of file that a system exports."""

    system: str
    key: str
    part: Part | None  # None: known, but of no use here
    also: tuple[Part, ...]
    files: tuple[str, ...]
    ids: re.Pattern[str] | None
    known: MappingOf[str, str]  # every heading, bare: as the system writes it
    ignored: frozenset[str]  # bare headings that are not worth keeping
    instead_of: str | None = None  # the object of the CRM whose real rows another file may have

    @property
    def fills(self) -> str:
        return self.part.fills if self.part else ""


@dataclass(frozen=True)
class System:
    key: str
    name: str
    objects: MappingOf[str, VendorObject]
    aliases: MappingOf[str, tuple[str, ...]]  # bare heading: other bare headings for it
    footers: tuple[str, ...]
    options: MappingOf[str, Any]  # of a mapping, for all files of this system
    day_first: bool  # where dates do not tell


@cache
def systems() -> dict[str, System]:
    found = [_system(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {system.key: system for system in found}


def footers() -> tuple[str, ...]:
    """Beginnings of the lines that no table has rows below."""
    return tuple(dict.fromkeys(footer for system in systems().values() for footer in system.footers))


def names(text: str) -> tuple[str, ...]:
    """The headings in a text that joins them; none in an empty one."""
    return tuple(name.strip() for name in text.split(" | ") if name.strip())


def _system(path: Path) -> System:
    tree = tomllib.loads(path.read_text(encoding="utf-8"))
    aliases = {
        bare(name): tuple(map(bare, names(others))) for name, others in tree.get("aliases", {}).items()
    }
    ignored = frozenset(map(bare, names(tree.get("ignored", ""))))
    everywhere = [name for name in names(tree.get("ignored", "")) if name]
    objects = {
        key: _object(path.stem, key, given, everywhere, ignored, tree.get("aliases", {}), tree.get("ids"))
        for key, given in tree["objects"].items()
    }
    return System(
        key=path.stem,
        name=tree["name"],
        objects=objects,
        aliases=aliases,
        footers=tuple(tree.get("footers", ())),
        options=tree.get("options", {}),
        day_first=tree.get("day_first", False),
    )


def _object(
    system: str,
    key: str,
    given: dict[str, Any],
    everywhere: list[str],
    ignored: frozenset[str],
    aliases: dict[str, str],
    own_ids: str | None,
) -> VendorObject:
    part = _part(given, given["fills"]) if "fills" in given else None
    also = tuple(_part(each, each["fills"]) for each in given.get("also", ()))
    headings = [*names(given.get("known", ""))]
    for each in (part, *also):
        if each is not None:
            headings += [name for key in each.id for name in PLACEHOLDER.findall(key) or [key]]
            headings += each.where
            headings += [h for sources in each.columns.values() for s in sources for h in s.all_headings]
    headings = [heading for heading in headings if heading]
    headings += [other for heading in headings if heading in aliases for other in names(aliases[heading])]
    known = {bare(heading): heading for heading in reversed([*headings, *everywhere])}
    return VendorObject(
        system=system,
        key=key,
        part=part,
        also=also,
        files=tuple(map(bare, names(given.get("files", key)))),
        ids=re.compile(ids) if (ids := given.get("ids", own_ids)) else None,
        known=known,
        ignored=ignored | frozenset(map(bare, names(given.get("ignored", "")))),
        instead_of=given.get("instead_of"),
    )


def _part(given: dict[str, Any], fills: str) -> Part:
    columns = {
        name: tuple(_source(one) for one in (spec if isinstance(spec, list) else [spec]))
        for name, spec in given.get("columns", {}).items()
    }
    where = {
        heading: (words,) if isinstance(words, str) else tuple(words)
        for heading, words in given.get("where", {}).items()
    }
    return Part(
        fills=fills,
        id=names(given["id"]) if given.get("id") else (),
        columns=columns,
        where=where,
        rows=given.get("rows", "all"),
        only_without=given.get("only_without"),
        split=given.get("split"),
        options=given.get("options", {}),
    )


def _source(spec: str | dict[str, Any]) -> Source:
    if isinstance(spec, str):
        return Source(headings=names(spec))
    options = {
        key: value for key, value in spec.items() if key not in ("heading", "stand_in", "template", "value")
    }
    if isinstance(options.get("when"), dict):
        options["when"] = [options["when"]]
    return Source(
        headings=names(spec["heading"]) if "heading" in spec else (),
        stand_in=names(spec["stand_in"]) if "stand_in" in spec else (),
        template=tuple(PLACEHOLDER.split(spec["template"])) if "template" in spec else (),
        value=spec.get("value"),
        options=options,
    )
