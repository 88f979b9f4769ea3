"""A mapping for recognised files, and its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from babel import Locale
from sqlalchemy import Column, Date, String, Table

from crm_data.importers.errors import ImportStopped, listed
from crm_data.importers.mapping import OBJECTS, parse_mapping
from crm_data.importers.recognise import columns, toml
from crm_data.importers.recognise.columns import Filled, Resolved
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.model import Override, Proposal, Recognised
from crm_data.importers.recognise.recognition import overridden
from crm_data.importers.recognise.spelling import DateSpelling, NumberSpelling, date_spelling, number_spelling
from crm_data.importers.recognise.vendors import GENERIC, System, bare, systems
from crm_data.importers.recognise.words import Vocabulary, translation, unknown, vocabulary
from crm_data.importers.vocabulary import currencies
from crm_data.schema.types import Money, UTCDateTime

#: Columns whose unreadable cells keep the whole row out: without them a figure would be wrong in silence.
_STRICT = frozenset(
    ["amount", "currency", "closed_on", "status", "stage", "resolved_at", "converted_at", "cost"]
)
#: Sets of words that stand for all that mean it: in `when`, "@closed" are the words of deals won or lost.
_SETS = {
    "@closed": ("deal_status", ("won", "lost")),
    "@won": ("deal_status", ("won",)),
    "@resolved": ("case_status", ("resolved",)),
}
_CURRENCY = "USD"


def propose(
    recognised: Iterable[Recognised],
    overrides: Iterable[Override] = (),
    *,
    currency: str | None = None,
    there: Collection[str] = (),
) -> Proposal:
    """A mapping of all files that can be imported, as recognised and as the overrides say.

    currency: of amounts whose currency no column tells; the CRM's own where it has one. there: objects of
    the CRM that already have rows of the same system, such as accounts, which then are not made up from the
    names that deals mention. Raises ImportStopped where no file can be imported.
    """
    said = {(each.file, each.sheet): each for each in overrides}
    files = []
    for each in recognised:
        override = said.get((each.file, each.sheet)) or said.get((each.file, None)) or Override(each.file)
        if override.left_out:
            continue
        if override != Override(each.file) and (override.system or each.system):
            each = overridden(each, override)
        if each.problem is None and each.system is not None and each.look is not None:
            files.append(_File(each, each.look, override))
    if not files:
        raise ImportStopped(
            "None of these files is recognised as something that can be imported. Say what they are, "
            "or write a mapping; docs/import.md explains it."
        )
    return _Writer(files, currency, frozenset(there)).proposal()


@dataclass(frozen=True)
class _File:
    recognised: Recognised
    look: Look
    override: Override

    @property
    def system(self) -> System:
        return systems()[self.recognised.system or GENERIC]

    @cached_property
    def parts(self) -> list[Resolved]:
        kind = self.system.objects[self.recognised.object or ""]
        return [each for each in columns.resolve(self.look, kind, self.override.columns) if each.usable]


@dataclass
class _Writer:
    files: Sequence[_File]
    currency: str | None
    there: frozenset[str]
    words: Vocabulary = field(default_factory=vocabulary)
    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def proposal(self) -> Proposal:
        system = Counter(file.system.key for file in self.files).most_common(1)[0][0]
        filled = self.there | {
            file.parts[0].part.fills for file in self.files if file.parts[0].part.rows == "all"
        }
        if self.currency is None:
            self.currency = self._told_currency()
        blocks = [
            self._block(file, part, part is file.parts[0])
            for file in self.files
            for part in file.parts
            if part.part.only_without is None or part.part.only_without not in filled
        ]
        top: dict[str, Any] = {"source": system, "currency": self.currency}
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

    def _told_currency(self) -> str:
        """The one that stands beside amounts; else a guess."""
        for file in self.files:
            for part in file.parts:
                table = OBJECTS[part.part.fills]
                for name, filled in part.columns.items():
                    if isinstance(table.c[name].type, Money) and "currency" not in part.columns:
                        found = number_spelling(_texts(file.look, filled.headings)).currency
                        if found:
                            return found
        if any(
            "currency" in OBJECTS[part.part.fills].c and "currency" not in part.columns
            for file in self.files
            for part in file.parts
        ):
            self.remarks.append(f"No file says the currency of its amounts: they are taken as {_CURRENCY}.")
        return _CURRENCY

    def _block(self, file: _File, part: Resolved, main: bool) -> list[str]:
        table, look = OBJECTS[part.part.fills], file.look
        head: dict[str, Any] = {"object": table.name, "file": _pattern(look.file.name)}
        if look.layout.sheet is not None:
            head["sheet"] = look.layout.sheet
        if look.layout.heading_line != 1:
            head["heading_line"] = look.layout.heading_line
        head["id"] = part.id
        if part.part.rows != "all":
            head["rows"] = part.part.rows
        if part.where:
            head["where"] = {heading: list(words) for heading, words in part.where.items()}
        entries = {
            name: self._column(file, part, table, name, filled) for name, filled in part.columns.items()
        }
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
        return ["[[import]]", *toml.pairs(head), "", "[import.columns]", *toml.pairs(short)]

    def _column(self, file: _File, part: Resolved, table: Table, name: str, filled: Filled) -> dict[str, Any]:
        column, look, place = table.c[name], file.look, f"{file.look.file.name}, {name}"
        entry: dict[str, Any] = {}
        if filled.headings:
            entry["heading"] = filled.headings[0] if len(filled.headings) == 1 else list(filled.headings)
        elif filled.template is not None:
            entry["template"] = filled.template
        else:
            entry["value"] = filled.value
        options = dict(filled.options)
        texts = _texts(look, filled.all_headings if filled.template else filled.headings)
        if "when" in options:
            options["when"] = {
                heading: self._set(words, look, heading) for heading, words in options["when"].items()
            }
        if isinstance(kind := options.get("map"), str):
            needed = not column.nullable and column.server_default is None
            options["map"] = self._translated(kind, texts, place, options.get("otherwise"), needed)
        if filled.said:
            self.remarks.append(f"{place}: {filled.said}.")
        if name == "currency":
            options["map"] = {"": self.currency or _CURRENCY} | _currency_codes(texts, place, self.remarks)
        if isinstance(column.type, Date | UTCDateTime):
            options |= self._dates(file, column, filled)
        elif (
            not isinstance(column.type, String)
            and not column.foreign_keys
            and filled.headings
            and "map" not in options
        ):
            options |= self._numbers(texts, place)
        if column.foreign_keys and filled.headings and "map" not in options:
            options |= self._nearly(column, texts, place)
        if name == "amount" and (zeros := _zeros(file, part, filled, self.words)):
            options["empty"] = [*file.system.options.get("empty", ()), *zeros]
            self.remarks.append(f"{place}: every lost deal has {zeros[0]}, which is taken as not known.")
        if column.foreign_keys and column.nullable:
            options["missing"] = "keep"
        elif filled.value is None and column.nullable and name not in _STRICT:
            options.setdefault("invalid", "empty")
        elif options.get("invalid") == "empty" and not column.nullable and column.server_default is None:
            del options["invalid"]
        return entry | options

    def _set(self, words: object, look: Look, heading: str) -> list[str]:
        """The words of a condition; those of a set as the vocabulary and the file have them."""
        if not isinstance(words, str):
            return list(words)  # type: ignore[call-overload]
        if words not in _SETS:
            return [words]
        kind, ours = _SETS[words]
        seen = look.texts[look.headings.index(heading)]
        table = self.words.get(kind, {}) | translation(kind, seen, self.words)
        folded = {word.casefold(): word for word, becomes in table.items() if becomes in ours}
        return sorted(
            (folded | {word.casefold(): word for word in ours if word.casefold() not in folded}).values()
        )

    def _translated(
        self, kind: str, seen: Collection[str], place: str, otherwise: str | None, needed: bool
    ) -> str:
        """The name of the map, which has the whole vocabulary and what was told from the words seen."""
        name, empty = kind, {}
        if needed and otherwise is not None:
            name, empty = (
                f"{kind}_or_{otherwise}",
                {"": otherwise},
            )  # an empty cell, too, must become something
        table = self.maps.setdefault(name, self.words.get(kind, {}) | empty)
        folded = {word.casefold() for word in table}
        for word, ours in translation(kind, seen, self.words).items():
            if word.casefold() not in folded:
                table[word] = ours
        strange = unknown(kind, seen, self.words) if otherwise is not None else []
        told = kind == "deal_status" and len(strange) < len(
            seen
        )  # a stage of open deals may be called anything
        if strange and not told:
            self.remarks.append(
                f"{place}: nothing is known of {listed(strange, 5)}, taken as '{otherwise}'; "
                f"see [maps.{name}]."
            )
        return name

    def _dates(self, file: _File, column: Column[Any], filled: Filled) -> dict[str, Any]:
        found = _date_spelling(file, filled)
        if not found.patterns or found.patterns == ("iso",):
            return {}
        place = f"{file.look.file.name}, '{filled.headings[0]}'"
        first = found.day_first
        if found.ordered:
            order = {True: "the day comes first", False: "the month comes first"}
            if file.override.day_first is not None:
                first = file.override.day_first
            elif found.mixed:
                self.remarks.append(
                    f"{place}: days and months stand in both orders; as for most, {order[bool(first)]}."
                )
            elif first is not None:
                self.remarks.append(f"{place}: {order[first]}, as in {found.example}.")
            elif (other := _other_dates(file)) is not None:
                first = other
                self.remarks.append(f"{place}: {order[first]}, as in the file's other dates.")
            else:
                first = file.system.day_first
                self.remarks.append(
                    f"{place}: {found.example} could be read in two ways. "
                    f"That {order[first]} is a guess; please say."
                )
        return {"dates": list(found.formats(bool(first)))}

    def _nearly(self, column: Column[Any], texts: Sequence[str], place: str) -> dict[str, Any]:
        """Names that are those of another file's rows but for spaces, signs and capitals."""
        (foreign,) = column.foreign_keys
        names: dict[str, set[str]] = {}
        exact: set[str] = set()
        for other in self.files:
            part = other.parts[0]
            if part.part.fills == foreign.column.table.name and part.id in other.look.headings:
                found = {*_texts(other.look, [part.id]), *_texts(other.look, _headings_of(part, "name"))}
                exact |= found
                for text in found:
                    names.setdefault(bare(text), set()).add(text)
        near = {
            text: next(iter(names[bare(text)]))
            for text in texts
            if text not in exact and len(names.get(bare(text), ())) == 1
        }
        for text, name in near.items():
            self.remarks.append(f"{place}: '{text}' is taken as '{name}'.")
        return {"map": near} if near else {}

    def _numbers(self, texts: Sequence[str], place: str) -> dict[str, Any]:
        found = number_spelling(texts)
        if found.example:
            sign = "decimal sign" if found.decimal in found.example else "sign between thousands"
            self.remarks.append(f"{place}: {found.example} could be read in two ways. Its {sign} is a guess.")
        usual = NumberSpelling()
        return {
            name: getattr(found, name)
            for name in ("decimal", "thousands", "abbreviated")
            if getattr(found, name) != getattr(usual, name)
        }


def _texts(look: Look, headings: Iterable[str]) -> list[str]:
    """The different texts of these columns."""
    wanted = [look.headings.index(heading) for heading in headings if heading in look.headings]
    return list(dict.fromkeys(text for index in wanted for text in look.texts[index]))


def _headings_of(part: Resolved, name: str) -> tuple[str, ...]:
    return part.columns[name].headings if name in part.columns else ()


def _zeros(file: _File, part: Resolved, amount: Filled, words: Vocabulary) -> list[str]:
    """How the amounts of lost deals are written where all of them are zero, while those won are not."""
    status = part.columns.get("status")
    if part.part.fills != "opportunities" or status is None or not (amount.headings and status.headings):
        return []
    amounts: dict[str, set[str]] = {}
    for word, text in file.look.pairs(status.headings[0], amount.headings[0]):
        amounts.setdefault(translation("deal_status", [word], words).get(word, word), set()).add(text)
    lost = sorted(amounts.get("lost", set()) - {""})
    zeros = bool(lost) and all(not set(text) & set("123456789") for text in lost)
    return lost if zeros and not set(lost) & amounts.get("won", set()) else []


def _date_spelling(file: _File, filled: Filled) -> DateSpelling:
    """Told from the sample; where that does not tell the order, from the whole column."""
    found = date_spelling(_texts(file.look, filled.headings))
    if found.ordered and found.day_first is None and file.look.cut:
        index = file.look.headings.index(filled.headings[0])
        found = date_spelling(set(file.look.whole(index, file.system.footers)))
    return found


def _other_dates(file: _File) -> bool | None:
    """The order of day and month that the file's other dates tell; None where they do not agree on one."""
    told = set()
    for part in file.parts:
        for name, filled in part.columns.items():
            if isinstance(OBJECTS[part.part.fills].c[name].type, Date | UTCDateTime) and filled.headings:
                told.add(_date_spelling(file, filled).day_first)
    told.discard(None)
    return told.pop() if len(told) == 1 else None


def _currency_codes(texts: Iterable[str], place: str, remarks: list[str]) -> dict[str, str]:
    """Names of currencies, such as "US Dollar", to their codes."""
    strange = [text for text in texts if text.upper() not in currencies()]
    if not strange:
        return {}
    names: dict[str, str] = {}
    for language in ("en", "de", "fr", "es", "pt"):
        names |= {name.casefold(): code for code, name in Locale(language).currencies.items()}
        names |= {sign.casefold(): code for code, sign in Locale(language).currency_symbols.items()}
    found = {text: names[text.casefold()] for text in strange if text.casefold() in names}
    if lost := [text for text in strange if text not in found]:
        remarks.append(f"{place}: {listed(lost, 5)} is no currency that is known here; say which it is.")
    return found


def _pattern(name: str) -> str:
    """The file itself, whatever signs its name has."""
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in name)
