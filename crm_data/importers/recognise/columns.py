"""Which column of the CRM each column of a file fills: what is known of a system, and its headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace

from crm_data.importers.field import PLACEHOLDER
from crm_data.importers.mapping import KEPT, OBJECTS
from crm_data.importers.recognise import keys
from crm_data.importers.recognise.corrected import EXACTLY, Corrected, corrected
from crm_data.importers.recognise.endings import settled
from crm_data.importers.recognise.headings import amount_of
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.model import CUSTOM, ID, LEFT_OUT, ColumnGuess, Filled
from crm_data.importers.recognise.vendors import STATUS, Part, Source, VendorObject, bare, systems

#: Without any of these a row would say nothing.
_NEEDS_ONE_OF = {
    "contacts": ("last_name", "first_name", "email", "phone"),
    "leads": ("last_name", "first_name", "email", "phone", "company"),
    "opportunities": ("amount", "name"),
}


@dataclass(frozen=True)
class Resolved:
    """A part whose headings are those of the file."""

    part: Part
    id: str | None  # as a mapping writes it; None: nothing tells the rows apart
    columns: MappingOf[str, Filled]
    where: MappingOf[str, tuple[str, ...]]
    missing: tuple[str, ...]  # columns that the object needs and the file has not
    said: str = ""  # what a person should know about the id
    fault: str = ""  # why its rows cannot be told apart
    id_told: bool = False  # by a person

    @property
    def usable(self) -> bool:
        return self.id is not None and not self.missing

    @property
    def filled(self) -> dict[str, str]:
        """The heading of each column that one heading fills."""
        return {name: one.headings[0] for name, one in self.columns.items() if len(one.headings) == 1}


class Headings:
    """The headings of a file, found by what a system calls them."""

    def __init__(self, look: Look, system: str, gone: Collection[str] = ()) -> None:
        counted = Counter(look.headings)
        self.doubled = frozenset(heading for heading, times in counted.items() if times > 1)
        self._aliases = systems()[system].aliases
        self._there: dict[str, str] = {}
        for heading in look.headings:
            usable = (
                heading
                and heading not in self.doubled
                and heading not in gone
                and not set("{}") & set(heading)
            )
            if usable:
                self._there.setdefault(bare(heading), heading)
        for heading in list(self._there.values()):
            if told := amount_of(heading):
                self._there.setdefault(bare(told[0]), heading)

    def find(self, name: str) -> str | None:
        if name.startswith(EXACTLY):
            return name.removeprefix(EXACTLY)
        for each in (bare(name), *self.aliases(name)):
            if each in self._there:
                return self._there[each]
        return None

    def aliases(self, name: str) -> tuple[str, ...]:
        return self._aliases.get(bare(name), ())

    def all(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(found for name in names if (found := self.find(name))))


def resolve(look: Look, kind: VendorObject, overrides: MappingOf[str, str]) -> list[Resolved]:
    """The object's parts as far as the file fills them; the main one first, even where it is not usable."""
    if kind.part is None:
        return []
    headings = seen = Headings(look, kind.system)
    main = _resolved(look, kind.part, headings)
    ids = [each for each, target in overrides.items() if target.rpartition(".")[2] == ID]
    other = {heading: target for heading, target in overrides.items() if heading not in ids}
    if other:
        filled = {name: one.headings for name, one in main.columns.items()}
        said = corrected(kind.part, filled, look.headings, other)
        seen = Headings(look, kind.system, said.gone)
        main = _overridden(look, main, said, seen, headings)
    if ids:
        main = replace(main, id=keys.template(ids), said="", fault="", id_told=True)
    main = replace(main, columns=settled(look, main.columns))
    also = [_resolved(look, part, seen if part.rows == "once" else headings) for part in kind.also]
    return [main, *(each for each in also if each.usable)]


def as_before(look: Look, found: Resolved, formers: Sequence[keys.Former]) -> Resolved:
    """The same part, its rows known by what they were known by in former imports. Raises ImportStopped."""
    if found.id is None or found.part.rows != "all" or found.id_told:
        return found
    key = keys.as_before(look, found.part.fills, found.id, formers)
    return found if key is None else replace(found, id=key.id, said=key.said)


def _resolved(look: Look, part: Part, headings: Headings) -> Resolved:
    columns = {}
    status = next(filter(None, (_filled(each, headings) for each in part.columns.get("status", ()))), None)
    for name, sources in part.columns.items():
        for source in sources:
            if filled := _filled(source, headings, says_status=bool(status and status.headings)):
                columns[name] = filled
                break
    where = {
        heading: words for name, words in part.where.items() if (heading := headings.find(name)) is not None
    }
    return _checked(look, Resolved(part, None, columns, where, ()), headings)


def _checked(look: Look, found: Resolved, headings: Headings) -> Resolved:
    """With its id, and what it lacks."""
    table = OBJECTS[found.part.fills]
    missing = tuple(
        column.name
        for column in table.c
        if not column.nullable
        and column.server_default is None
        and column.name not in KEPT
        and column.name not in found.columns
        and column.name != "currency"
        and found.part.rows != "known"
    )
    if (
        (some := _NEEDS_ONE_OF.get(table.name))
        and not set(some) & set(found.columns)
        and found.part.rows == "all"
    ):
        missing = (*missing, some[0])
    there = {bare(heading) for heading in found.where}
    missing += tuple(
        name
        for name, words in found.part.where.items()
        if words == ("*",) and not there & {bare(name), *headings.aliases(name)}
    )
    named = [key for name in found.part.id if (key := _key(name, headings)) and look.has(key)]
    if found.part.rows == "all":
        own = keys.chosen(look, found.part.fills, named, found.filled)
        return replace(found, id=own.id, said=own.said, fault=own.fault, missing=missing)
    whole = [key for key in named if not keys.is_cut_short(look, key)]
    return replace(found, id=next(iter(whole), None), missing=missing)


def _key(name: str, headings: Headings) -> str | None:
    """An id as a mapping writes it: a heading, or a template of several."""
    pieces = PLACEHOLDER.split(name)
    if len(pieces) == 1:
        return headings.find(name)
    found = [headings.find(each) for each in pieces[1::2]]
    if None in found:
        return None
    pieces[1::2] = [f"{{{heading}}}" for heading in found]
    return "".join(pieces)


def _filled(source: Source, headings: Headings, *, says_status: bool = False) -> Filled | None:
    """`says_status`: whether the status is found in columns of its own."""
    options = dict(source.options)
    if "when" in options:
        conditions = [
            {
                name if name == STATUS and says_status else headings.find(name): words
                for name, words in one.items()
            }
            for one in options["when"]
        ]
        if any(None in one for one in conditions):
            return None
        options["when"] = conditions
    there, stand_in = headings.all(source.headings), headings.all(source.stand_in)
    if there or stand_in:
        said = "" if there else f"taken from '{stand_in[0]}', since there is no '{source.headings[0]}'"
        return Filled(tuple(dict.fromkeys(there + stand_in)), options=options, said=said)
    if source.template:
        names = [headings.find(name) for name in source.template[1::2]]
        if None in names:
            return None
        texts = list(source.template)
        texts[1::2] = [f"{{{name}}}" for name in names]
        return Filled(template="".join(texts), options=options)
    if source.value is not None:
        return Filled(value=source.value, options=options)
    return None


def _overridden(look: Look, main: Resolved, said: Corrected, seen: Headings, all_: Headings) -> Resolved:
    """What a person says of single columns wins; which rows count, and their id, stay as they are.

    seen: the headings without those that do not mean any more what they were taken for.
    """
    columns = dict(_resolved(look, said.part, seen).columns)
    for name, heading in said.agreed.items():
        found = columns.get(name, main.columns[name])
        columns[name] = replace(
            found if heading in found.headings else main.columns[name], headings=(heading,)
        )
    return _checked(look, replace(main, columns=columns), all_)


def guesses(
    look: Look, kind: VendorObject, parts: Sequence[Resolved], overrides: MappingOf[str, str]
) -> list[ColumnGuess]:
    """What becomes of each column of the file."""
    fills: dict[str, list[str]] = {}
    for each in sorted(parts, key=lambda part: part.part.rows == "once"):
        if each.part.rows == "once":  # made up where no other file has them, so not worth repeating
            each = replace(
                each, columns={n: f for n, f in each.columns.items() if not set(f.headings) & set(fills)}
            )
        for name, filled in each.columns.items():
            for heading in filled.all_headings:
                fills.setdefault(heading, []).append(f"{each.part.fills}.{name}")
        for heading in look.headings:
            if each.part.rows == "once" and heading in fills:
                continue
            if each.id and (each.id == heading or f"{{{heading}}}" in each.id):
                fills.setdefault(heading, []).append(f"{each.part.fills}.source_id")
    doubled = {heading for heading, times in Counter(look.headings).items() if times > 1}
    keeps = bool(parts) and "custom" in OBJECTS[parts[0].part.fills].c
    found = []
    for index, heading in enumerate(look.headings):
        if not heading:
            continue
        becomes = tuple(dict.fromkeys(fills.get(heading, ())))
        said = [f.said for each in parts for f in each.columns.values() if f.said and heading in f.headings]
        if heading in doubled:
            found.append(ColumnGuess(heading, (), why="several columns have this heading, so none is taken"))
        elif becomes:
            why = said[0] if said else _stays(becomes, overrides.get(heading))
            found.append(ColumnGuess(heading, becomes, why=why))
        elif overrides.get(heading) == CUSTOM and keeps:
            found.append(ColumnGuess(heading, (), custom=True))
        elif overrides.get(heading) == LEFT_OUT:
            found.append(ColumnGuess(heading, ()))
        elif bare(heading) in kind.ignored:
            found.append(ColumnGuess(heading, (), why="says nothing that is of use here"))
        elif not look.texts[index]:
            found.append(ColumnGuess(heading, (), why="is empty"))
        elif keeps:
            found.append(ColumnGuess(heading, (), custom=True))
        else:
            found.append(
                ColumnGuess(heading, (), why=f"{parts[0].part.fills} have no place for it" if parts else "")
            )
    return found


def _stays(becomes: Sequence[str], target: str | None) -> str:
    """Why a column becomes more than a person says."""
    if target is None or [name.rpartition(".")[2] for name in becomes] == [target.rpartition(".")[2]]:
        return ""
    if becomes[-1].endswith(".source_id"):
        return "it also tells the rows apart"
    return "what else it fills stays, until you say that another column fills it"


def unknown(look: Look) -> list[ColumnGuess]:
    """The columns of a file that is not recognised."""
    return [ColumnGuess(heading, ()) for heading in look.headings if heading]
