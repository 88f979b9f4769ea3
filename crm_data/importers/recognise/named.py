"""Rows that a file only names, and rows of the CRM that it might mean without knowing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from crm_data.importers.mapping import OBJECTS
from crm_data.importers.recognise.columns import Resolved
from crm_data.importers.recognise.told import Taken, headings_of, texts_of
from crm_data.importers.recognise.vendors import GENERIC, bare

#: Columns that say which row it is: an id that is one of these is no mere number.
_TELLING = frozenset(["name", "email", "number", "last_name"])


def near_names(files: Sequence[Taken], fills: str, texts: Sequence[str]) -> dict[str, str]:
    """Names in files of this object that texts are likely to mean: the same but for signs and capitals."""
    names: dict[str, set[str]] = {}
    exact: set[str] = set()
    for file in files:
        part = file.parts[0]
        if part.part.fills == fills and part.id in file.look.headings:
            found = {*texts_of(file.look, [part.id]), *texts_of(file.look, headings_of(part, "name"))}
            exact |= found
            for text in found:
                names.setdefault(bare(text), set()).add(text)
    return {
        text: next(iter(names[bare(text)]))
        for text in texts
        if text not in exact and len(names.get(bare(text), ())) == 1
    }


def named_only(main: Resolved, made: Resolved) -> bool:
    """Whether the main rows refer to what would be made up by nothing but its name."""
    table = OBJECTS[main.part.fills]
    return any(
        filled.options.get("by") == "name" and made.id in filled.headings
        for name, filled in main.columns.items()
        if any(key.column.table.name == made.part.fills for key in table.c[name].foreign_keys)
    )


def overwrites(file: Taken, there: Collection[str]) -> str:
    """What to say where ids could be those of another file that no system is known of; else nothing.

    there: the objects of which the CRM has rows of such files.
    """
    main = file.parts[0]
    named = {heading for name in _TELLING for heading in headings_of(main, name)}
    if file.system.key != GENERIC or main.part.fills not in there or main.id not in file.look.headings:
        return ""
    if main.id in named:
        return ""
    return (
        f"{file.look.file.name}: {main.part.fills} that the CRM has with the same '{main.id}' from an "
        "earlier file are taken for the same and overwritten. If this is another system, give it a source "
        "of its own."
    )
