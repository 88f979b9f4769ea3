"""What a file says of the currency of its amounts: a column, signs beside the amounts, or their headings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crm_data.importers.errors import listed, rows_in_words
from crm_data.importers.mapping import OBJECTS
from crm_data.importers.numbers import SHARED, SIGNS, currency_beside
from crm_data.importers.recognise.columns import Resolved
from crm_data.importers.recognise.headings import amount_of
from crm_data.importers.recognise.told import Taken, currency_codes, headings_of
from crm_data.importers.recognise.vendors import bare
from crm_data.importers.vocabulary import currencies
from crm_data.schema.types import Money

#: Taken where nothing tells.
USUAL = "USD"


@dataclass(frozen=True)
class Told:
    """What is said of the amounts of one part of a file."""

    file: Taken
    part: Resolved
    column: tuple[str, ...]  # headings of the column of currencies
    amounts: tuple[str, ...]  # headings of the amounts; of several, the first that is filled counts
    signs: Counter[str]  # signs and codes beside the amounts, and in how many rows; "": none
    others: Counter[str]  # the same beside further amounts of the rows
    heading: str | None  # the currency in the heading of the amounts

    def rows(self) -> Counter[str]:
        """How many rows name which currency."""
        found: Counter[str] = Counter()
        if self.column:
            for heading in self.column:
                seen = self._texts(heading)
                codes = currency_codes(seen, "", [])
                for text, rows in seen.items():
                    found[codes.get(text, text.upper())] += rows
        else:
            for sign, rows in self.signs.items():
                found[SIGNS.get(sign, sign) or self.heading or ""] += rows
        return Counter({code: rows for code, rows in found.items() if code in currencies()})

    def _texts(self, heading: str) -> Counter[str]:
        return self.file.look.texts[self.file.look.headings.index(heading)]

    def entry(self, books: str) -> dict[str, Any] | None:
        """Where a mapping finds the currency. None: a column says it, or it is that of the books."""
        if self.column:
            return None
        plain = self.heading or books
        if any(self.signs) or (self.amounts and self.file.look.cut):
            own = {sign: books for sign, codes in SHARED.items() if books in codes and SIGNS[sign] != books}
            heading = self.amounts[0] if len(self.amounts) == 1 else list(self.amounts)
            return {"heading": heading, "signs": own, "map": {"": plain}}
        return {"value": plain} if self.heading else None

    def remarks(self, books: str) -> Iterator[str]:
        """What a person should know, where the books are kept in this currency."""
        place, plain = self.file.look.file.name, self.heading or books
        named = {sign: meant(sign, books) for sign in self.signs if sign}
        if self.column:
            yield from self._contradictions(place, books)
        elif named and ({*named.values()} != {books} or self.signs[""]):
            said = [f"'{sign}' is {code} ({rows_in_words(self.signs[sign])})" for sign, code in named.items()]
            said += [f"without any it is {plain} ({rows_in_words(self.signs[''])})"] if self.signs[""] else []
            yield f"{place}: the currency is read beside each amount: {', '.join(said)}."
        elif self.heading and self.heading != books:
            yield f"{place}: the amounts are {self.heading}, as the heading '{self.amounts[0]}' says."
        headings = {told[1] for heading in self.amounts if (told := amount_of(heading))}
        others = {meant(sign, books) for sign in self.others if sign}
        if not self.column and (len(headings) > 1 or others - {*named.values()} - {plain}):
            yield f"{place}: a row names several currencies, and only that of {listed(self.amounts)} counts."
        taken = {bare(told[0]) for heading in self.amounts if (told := amount_of(heading))}
        for heading in self.file.look.headings:
            told = amount_of(heading)
            if told and heading not in self.amounts and bare(told[0]) in taken:
                yield f"{place}: '{heading}' is not read, since '{self.amounts[0]}' is."

    def _contradictions(self, place: str, books: str) -> Iterator[str]:
        """Where the column, which counts, says something else than the amount, or nothing."""
        codes = currency_codes(self._texts(self.column[0]), "", [])
        against = empty = 0
        for said, *amounts in self.file.look.cells(self.column[0], *self.amounts) if self.amounts else ():
            amount = next(filter(None, amounts), "")
            code, sign = codes.get(said, said.upper()) or books, currency_beside(amount)
            against += bool(sign) and code not in SHARED.get(sign, (SIGNS.get(sign, sign),))
            against += bool(amount and not sign) and self.heading not in (None, code)
            empty += bool(amount and not said)
        if empty:
            rows = rows_in_words(empty)
            yield f"{place}: {rows} with an amount and no '{self.column[0]}' taken as {books}."
        if against:
            yield (
                f"{place}: in {rows_in_words(against)} the amount or its heading says another currency than "
                f"'{self.column[0]}', which counts."
            )


def told(files: Iterable[Taken]) -> Iterator[Told]:
    """Of each part of the files that has a currency."""
    for file in files:
        for part in file.parts:
            if "currency" in OBJECTS[part.part.fills].c:
                first, *rest = _amounts(part) or _lines(file, part) or [()]
                heading = next((found[1] for one in first[:1] if (found := amount_of(one))), None)
                column = headings_of(part, "currency")
                others = _signs(file, [one for more in rest for one in more])
                yield Told(file, part, column, tuple(first), _signs(file, first), others, heading)


def meant(sign: str, books: str) -> str:
    """The currency of a sign or code beside an amount; that of the books where it could be."""
    return books if books in SHARED.get(sign, ()) else SIGNS.get(sign, sign)


def _amounts(part: Resolved) -> list[tuple[str, ...]]:
    """The headings of each column of amounts."""
    table = OBJECTS[part.part.fills]
    money = (filled for name, filled in part.columns.items() if isinstance(table.c[name].type, Money))
    return [filled.headings for filled in money if filled.headings]


def _lines(file: Taken, part: Resolved) -> list[tuple[str, ...]]:
    """The amounts of an object that has none itself, such as an invoice, in its lines."""
    if any(isinstance(column.type, Money) for column in OBJECTS[part.part.fills].c):
        return []
    lines = [other for other in file.parts if "currency" not in OBJECTS[other.part.fills].c]
    return [headings for line in lines for headings in _amounts(line)]


def _signs(file: Taken, amounts: Sequence[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for heading in amounts:
        for text, rows in file.look.texts[file.look.headings.index(heading)].items():
            if any(sign.isdigit() for sign in text):
                found[currency_beside(text)] += rows
    return found
