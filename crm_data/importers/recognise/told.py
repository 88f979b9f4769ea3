"""What the cells of a recognised file tell of how to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

from babel import Locale

from crm_data.importers.cells import FALSE, TRUE
from crm_data.importers.errors import listed
from crm_data.importers.field import PLACEHOLDER
from crm_data.importers.formats import CellFormat
from crm_data.importers.recognise import columns, shares
from crm_data.importers.recognise.columns import Resolved
from crm_data.importers.recognise.keys import Former
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.model import Filled, Override, Recognised
from crm_data.importers.recognise.spelling import NumberSpelling, number_spelling
from crm_data.importers.recognise.vendors import GENERIC, System, VendorObject, systems
from crm_data.importers.recognise.words import Vocabulary, translation
from crm_data.importers.vocabulary import currencies

#: Sets of words that stand for all that mean it: in `when`, "@closed" are the words of deals won or lost.
_SETS = {
    "@closed": ("deal_status", ("won", "lost")),
    "@won": ("deal_status", ("won",)),
    "@resolved": ("case_status", ("resolved",)),
}

_FEW = 12  # different texts of a column of truths


@dataclass(frozen=True)
class Taken:
    """A file that is imported, as recognised or as a person says."""

    recognised: Recognised
    look: Look
    override: Override
    formers: tuple[Former, ...] = ()  # by what rows are known elsewhere, the latest first

    @property
    def system(self) -> System:
        return systems()[self.recognised.system or GENERIC]

    @property
    def kind(self) -> VendorObject:
        return self.system.objects[self.recognised.object or ""]

    @cached_property
    def parts(self) -> list[Resolved]:
        found = columns.resolve(self.look, self.kind, self.override.columns)
        return [columns.as_before(self.look, each, self.formers) for each in found if each.usable]

    @property
    def known_by(self) -> list[Former]:
        """By what the rows of the file are known."""
        return [
            Former(each.part.fills, each.id, self.look.file.name)
            for each in self.parts
            if each.id is not None and each.part.rows == "all"
        ]


def with_every_status(file: Taken) -> Taken:
    """The same, with every word for how deals ended to the end of the file, not only those of the sample."""
    look = file.look
    deals = (part for part in file.parts if part.part.fills == "opportunities")
    headings = [heading for part in deals for heading in headings_of(part, "status")]
    if not look.cut or not headings:
        return file
    texts = list(look.texts)
    for place in map(look.headings.index, headings):
        texts[place] = look.every(place) or texts[place]
    return replace(file, look=replace(look, texts=tuple(texts)))


def condition(words: object, look: Look, heading: str, vocabulary: Vocabulary) -> list[str]:
    """The words of a condition; those of a set as the vocabulary and the file have them."""
    if not isinstance(words, str):
        return with_truths(words, look, heading)  # type: ignore[arg-type]
    if words not in _SETS:
        return [words]
    kind, ours = _SETS[words]
    seen = look.texts[look.headings.index(heading)]
    table = vocabulary.get(kind, {}) | translation(kind, seen, vocabulary)
    folded = {word.casefold(): word for word in ours}
    folded |= {word.casefold(): word for word, becomes in table.items() if becomes in ours}
    return sorted(folded.values())


def with_truths(words: Iterable[str], look: Look, heading: str) -> list[str]:
    """The words of a condition and, where "true" or "false" is one, what the file has for it."""
    found = list(words)
    for word, alike in (("true", TRUE), ("false", FALSE)):
        if word in found:
            seen = look.texts[look.headings.index(heading)]
            found += [text for text in seen if text.casefold() in alike and text.casefold() not in found]
    return found


def truths_mapped(table: Mapping[str, str], look: Look, filled: Filled) -> dict[str, str]:
    """A map of "true" and "false", or of several as in "true/false", with what the file has for these."""
    headings = PLACEHOLDER.findall(filled.template) if filled.template else filled.headings[:1]
    seen = [["", *look.texts[look.headings.index(heading)]] for heading in headings]
    known = {key.casefold() for key in table}
    further = {}
    for texts in product(*seen) if max(map(len, seen), default=0) <= _FEW else ():
        written, meant = "/".join(texts), "/".join(map(_truth, texts))
        if written != meant and written.casefold() not in known and meant in table:
            further[written] = table[meant]
    return dict(table) | further


def _truth(text: str) -> str:
    folded = text.casefold()
    return "true" if folded in TRUE else "false" if folded in FALSE else text


def texts_of(look: Look, headings: Iterable[str]) -> list[str]:
    """The different texts of these columns."""
    wanted = [look.headings.index(heading) for heading in headings if heading in look.headings]
    return list(dict.fromkeys(text for index in wanted for text in look.texts[index]))


def headings_of(part: Resolved, name: str) -> tuple[str, ...]:
    return part.columns[name].headings if name in part.columns else ()


def zeros_of_lost(file: Taken, part: Resolved, amount: Filled, words: Vocabulary) -> list[str]:
    """How the amounts of lost deals are written where all of them are zero, while those won are not."""
    status = part.columns.get("status")
    if part.part.fills != "opportunities" or status is None or not (amount.headings and status.headings):
        return []
    amounts: dict[str, set[str]] = {}
    for word, text in file.look.cells(status.headings[0], amount.headings[0]):
        amounts.setdefault(translation("deal_status", [word], words).get(word, word), set()).add(text)
    lost = sorted(amounts.get("lost", set()) - {""})
    zeros = bool(lost) and all(not set(text) & set("123456789") for text in lost)
    return lost if zeros and not set(lost) & amounts.get("won", set()) else []


def numbers_in(texts: Iterable[str], place: str, remarks: list[str]) -> dict[str, Any]:
    """How the numbers of a column are written, as a mapping says it where it is not the usual."""
    found, usual = number_spelling(texts), NumberSpelling()
    if found.example:
        sign = "decimal sign" if found.decimal in found.example else "sign between thousands"
        remarks.append(f"{place}: {found.example} could be read in two ways. Its {sign} is a guess.")
    if found.mixed:
        remarks.append(f"{place}: some numbers have a comma, some a full stop as their decimal sign.")
    names = ("decimal", "thousands", "abbreviated")
    return {name: getattr(found, name) for name in names if getattr(found, name) != getattr(usual, name)}


def shares_in(
    file: Taken, filled: Filled, options: dict[str, Any], place: str, remarks: list[str]
) -> dict[str, Any]:
    """The factor that makes probabilities of what is written, in place of the usual one."""
    spelled = CellFormat(**{key: options[key] for key in ("decimal", "thousands") if key in options})
    factor, said = shares.factor(_whole(file, filled), spelled, percent="times" in options)
    if said:
        remarks.append(f"{place}: {said}.")
    options.pop("times", None)
    return {} if factor is None else {"times": factor}


def currency_codes(texts: Iterable[str], place: str, remarks: list[str]) -> dict[str, str]:
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


def file_pattern(name: str) -> str:
    """The file itself, whatever signs its name has."""
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in name)


def _whole(file: Taken, filled: Filled) -> set[str]:
    """The different texts of a column to the end of the file."""
    if not file.look.cut:
        return set(texts_of(file.look, filled.headings))
    places = [file.look.headings.index(heading) for heading in filled.headings]
    return {text for place in places for text in file.look.whole(place)}
