"""A mapping for recognised files, and its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Date, String, Table

from crm_data.importers.errors import ImportStopped, listed
from crm_data.importers.mapping import OBJECTS, parse_mapping
from crm_data.importers.recognise import endings, toml
from crm_data.importers.recognise.columns import Resolved
from crm_data.importers.recognise.currency import USUAL, Told, told
from crm_data.importers.recognise.dates import dates_written
from crm_data.importers.recognise.keys import Former
from crm_data.importers.recognise.model import Filled, Override, Proposal, Recognised
from crm_data.importers.recognise.named import named_only, near_names, overwrites
from crm_data.importers.recognise.recognition import overridden
from crm_data.importers.recognise.told import (
    Taken,
    condition,
    currency_codes,
    file_pattern,
    numbers_in,
    shares_in,
    texts_of,
    truths_mapped,
    with_every_status,
    with_truths,
    zeros_of_lost,
)
from crm_data.importers.recognise.vendors import systems
from crm_data.importers.recognise.words import Vocabulary, translation, unknown, vocabulary
from crm_data.schema.types import UTCDateTime

#: Columns whose unreadable cells keep the whole row out: without them a figure would be wrong in silence.
_STRICT = frozenset(
    ["amount", "currency", "closed_on", "status", "stage", "resolved_at", "converted_at", "cost"]
)


def propose(
    recognised: Iterable[Recognised],
    overrides: Iterable[Override] = (),
    *,
    currency: str | None = None,
    source: str | None = None,
    there: Collection[str] = (),
    formers: Sequence[Former] = (),
) -> Proposal:
    """A mapping of all files that can be imported, as recognised and as the overrides say.

    currency: of amounts whose currency no column tells; the CRM's own where it has one. source: where it is
    not the system of most files. there: objects of the CRM that already have rows of the same source, such as
    accounts. formers: by what the CRM knows rows of it.

    Raises ImportStopped where no file can be imported, or rows are not told apart by what they are known by.
    """
    recognised = tuple(recognised)
    if not recognised:
        raise ImportStopped("There is no file to import: the folder is empty.")
    said = {(each.file, each.sheet): each for each in overrides}
    files: list[Taken] = []
    problems = []
    for each in recognised:
        override = said.get((each.file, each.sheet)) or said.get((each.file, None)) or Override(each.file)
        if override.left_out:
            continue
        if override != Override(each.file) and (override.system or each.system):
            each = overridden(each, override)
            problems += [each.problem] if each.problem else []
        if each.problem is None and each.system is not None and each.look is not None:
            earlier = [former for file in files for former in file.known_by]
            files.append(with_every_status(Taken(each, each.look, override, (*earlier, *formers))))
    if not files:
        if problems:  # of what a person says that it is
            raise ImportStopped(" ".join(problems))
        raise ImportStopped(
            "None of these files is recognised as something that can be imported. Say what they are, "
            "or write a mapping; docs/import.md explains it."
        )
    return _Writer(files, currency, source, frozenset(there)).proposal()


@dataclass
class _Writer:
    files: Sequence[Taken]
    currency: str | None
    source: str | None
    there: frozenset[str]
    words: Vocabulary = field(default_factory=vocabulary)
    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)  # of the currency

    def proposal(self) -> Proposal:
        system = Counter(file.system.key for file in self.files).most_common(1)[0][0]
        self._leave_doubles_out()
        filled = {file.parts[0].part.fills for file in self.files if file.parts[0].part.rows == "all"}
        self.told = list(told(self.files))
        if self.currency is None:
            self.currency = self._most_named()
        for one in self.told:
            self.remarks += one.remarks(self.currency)
        self.remarks += [remark for file in self.files if (remark := overwrites(file, self.there))]
        blocks = [
            self._block(file, part, part is file.parts[0])
            for file in self.files
            for part in file.parts
            if part.part.only_without not in filled or named_only(file.parts[0], part)
        ]
        top: dict[str, Any] = {"source": self.source or system, "currency": self.currency}
        options: dict[str, Any] = {}
        for each in dict.fromkeys(file.system.key for file in self.files):
            options |= systems()[each].options
            if systems()[each].footers:
                options["footer"] = list(systems()[each].footers)
        lines = toml.pairs(top | options)
        lines += ["", "[organisation]", *toml.pairs({"base_currency": self.currency})]
        for name, table in self.maps.items():
            lines += ["", f"[maps.{toml.key(name)}]", *toml.pairs(table)]
        for block in blocks:
            lines += ["", *block]
        text = "\n".join(lines) + "\n"
        return Proposal(parse_mapping(text), text, tuple(dict.fromkeys(self.remarks)))

    def _leave_doubles_out(self) -> None:
        """An order is no invoice: its amount must not count beside that of its invoice."""
        real = {file.kind.fills for file in self.files if file.kind.instead_of is None}
        for file in self.files:
            name, other = file.look.file.name, file.kind.instead_of
            if other in real:
                self.remarks.append(
                    f"{name}: left out, since its amounts would count twice beside those of the {other}."
                )
            elif other is not None:
                self.remarks.append(
                    f"{name}: kept as {other}, since there is no other place for them: figures of what was "
                    f"invoiced and is unpaid count them from their day on. Do not import {other} of the same."
                )
        self.files = [file for file in self.files if file.kind.instead_of not in real]

    def _most_named(self) -> str:
        """The currency that most rows name; else a guess."""
        if named := sum((one.rows() for one in self.told), Counter()):
            return named.most_common(1)[0][0]
        if any(not one.column for one in self.told):
            self.remarks.append(f"No file says the currency of its amounts: they are taken as {USUAL}.")
        return USUAL

    def _block(self, file: Taken, part: Resolved, main: bool) -> list[str]:
        table, look = OBJECTS[part.part.fills], file.look
        head: dict[str, Any] = {"object": table.name, "file": file_pattern(look.file.name)}
        if look.layout.sheet is not None:
            head["sheet"] = look.layout.sheet
        if look.layout.heading_line != 1:
            head["heading_line"] = look.layout.heading_line
        if look.layout.footer and not file.system.footers:
            head["footer"] = list(look.layout.footer)
        if look.layout.totals:
            head["totals"] = list(look.layout.totals)
        if look.totals and main:
            lines = "1 line" if len(look.totals) == 1 else f"{len(look.totals):,} lines"
            shown = listed(list(dict.fromkeys(look.totals)), 3)
            self.remarks.append(f"{look.file.name}: {lines} of totals left out, such as {shown}.")
        further: dict[str, Any] = {"split": part.part.split} if part.part.split else {}
        names = texts_of(look, [part.id or ""]) if part.part.rows == "once" else ()
        if near := near_names(self.files, table.name, names):
            further["map"] = near
        head["id"] = {"heading": part.id, **further} if further and part.id in look.headings else part.id
        if part.part.rows != "all":
            head["rows"] = part.part.rows
        self.remarks += [f"{look.file.name}: {part.said}."] if part.said else []
        if part.where:
            head["where"] = {
                heading: with_truths(words, look, heading) for heading, words in part.where.items()
            }
        entries = {
            name: self._column(file, part, table, name, filled) for name, filled in part.columns.items()
        }
        if near and "name" in entries:
            entries["name"].setdefault("map", near)
        if beside := self._currency_of(part):
            entries["currency"] = beside
        dates = [entry["dates"] for entry in entries.values() if "dates" in entry]
        if dates and all(each == dates[0] for each in dates):
            head["dates"] = dates[0]
            for entry in entries.values():
                entry.pop("dates", None)
        head |= part.part.options
        if main and (custom := [guess.heading for guess in file.recognised.columns if guess.custom]):
            head["custom"] = {heading: heading for heading in custom}
        short = {
            name: entry["heading"]
            if list(entry) == ["heading"] and isinstance(entry["heading"], str)
            else entry
            for name, entry in entries.items()
        }
        if table.name == "opportunities" and part.part.rows == "all":
            found = endings.remarks(look, part.columns, self.words)
            self.remarks += [f"{look.file.name}, {remark}" for remark in found]
        if table.name == "invoices" and not any(one.part.fills == "invoice_lines" for one in file.parts):
            self.remarks.append(
                f"{look.file.name}: no column is taken for amounts, so the invoices have none."
            )
        return ["[[import]]", *toml.pairs(head), "", "[import.columns]", *toml.pairs(short)]

    def _currency_of(self, part: Resolved) -> dict[str, Any] | None:
        """Where the amounts of a part say their currency, which no column of its own does."""
        return next((one.entry(self.currency or USUAL) for one in self.told if one.part is part), None)

    def _column(self, file: Taken, part: Resolved, table: Table, name: str, filled: Filled) -> dict[str, Any]:
        column, look, place = table.c[name], file.look, f"{file.look.file.name}, {name}"
        entry: dict[str, Any] = {}
        if filled.headings:
            entry["heading"] = filled.headings[0] if len(filled.headings) == 1 else list(filled.headings)
        elif filled.template is not None:
            entry["template"] = filled.template
        else:
            entry["value"] = filled.value
        options = dict(filled.options)
        texts = texts_of(look, filled.all_headings if filled.template else filled.headings)
        if "when" in options:
            tables = [
                {heading: condition(words, look, heading, self.words) for heading, words in one.items()}
                for one in options["when"]
            ]
            options["when"] = tables[0] if len(tables) == 1 else tables
        if isinstance(table_of := options.get("map"), dict):
            options["map"] = truths_mapped(table_of, look, filled)
        if isinstance(kind := options.get("map"), str):
            needed = not column.nullable and column.server_default is None
            options["map"] = self._translated(kind, texts, place, options.get("otherwise"), needed)
        if filled.said:
            self.remarks.append(f"{place}: {filled.said}.")
        if name == "currency":
            options["map"] = {"": self.currency or USUAL} | currency_codes(texts, place, self.remarks)
        if isinstance(column.type, Date | UTCDateTime):
            options |= dates_written(self.files, file, filled, self.remarks)
        elif (
            not isinstance(column.type, String)
            and not column.foreign_keys
            and filled.headings
            and "map" not in options
        ):
            options |= numbers_in(texts, place, self.remarks)
            if name == "probability":
                options |= shares_in(file, filled, options, place, self.remarks)
        if column.foreign_keys and filled.headings and "map" not in options:
            options |= self._nearly(column, texts, place)
        if name == "amount" and (zeros := zeros_of_lost(file, part, filled, self.words)):
            options["empty"] = [*file.system.options.get("empty", ()), *zeros]
            self.remarks.append(f"{place}: every lost deal has {zeros[0]}, which is taken as not known.")
        if column.foreign_keys and column.nullable:
            options["missing"] = "keep"
        elif filled.value is None and column.nullable and name not in _STRICT:
            options.setdefault("invalid", "empty")
        elif options.get("invalid") == "empty" and not column.nullable and column.server_default is None:
            del options["invalid"]
        return entry | options

    def _translated(
        self, kind: str, seen: Collection[str], place: str, otherwise: str | None, needed: bool
    ) -> str:
        """The name of the map, which has the whole vocabulary and what was told from the words seen."""
        name, empty = kind, {}
        if needed and otherwise is not None:
            name, empty = f"{kind}_or_{otherwise}", {"": otherwise}  # an empty cell must become something too
        table = self.maps.setdefault(name, self.words.get(kind, {}) | empty)
        folded = {word.casefold() for word in table}
        for word, ours in translation(kind, seen, self.words).items():
            if word.casefold() not in folded:
                table[word] = ours
        told = otherwise is None or kind == "deal_status"  # that of deals by their rows, see `endings`
        if strange := [] if told else unknown(kind, seen, self.words):
            self.remarks.append(
                f"{place}: nothing is known of {listed(strange, 5)}, taken as '{otherwise}'; "
                f"see [maps.{name}]."
            )
        return name

    def _nearly(self, column: Column[Any], texts: Sequence[str], place: str) -> dict[str, Any]:
        """Names that are those of another file's rows but for spaces, signs and capitals."""
        (foreign,) = column.foreign_keys
        near = near_names(self.files, foreign.column.table.name, texts)
        for text, name in near.items():
            self.remarks.append(f"{place}: '{text}' is taken as '{name}'.")
        return {"map": near} if near else {}
