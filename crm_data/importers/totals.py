"""Lines of a table that are none of its rows: totals among them, and what reports say below them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crm_data.importers.cells import Cell, as_text
from crm_data.importers.formats import FileFormat
from crm_data.importers.numbers import without_code, without_signs

#: How programs that make reports and spreadsheets head a line of totals, in several languages.
TOTALS = (
    *("Total", "Totals", "Grand Total", "Grand Totals", "Subtotal", "Subtotals", "Sum", "Count", "Average"),
    *("Summe", "Zwischensumme", "Gesamt", "Gesamtsumme", "Insgesamt", "Ergebnis", "Gesamtergebnis", "Anzahl"),
    *("Sous-total", "Total général", "Somme", "Total general", "Suma", "Recuento"),
    *("Total geral", "Soma", "Contagem"),
)
_COUNT = re.compile(r"\s*\(\s*[\d.,]+[^()]*\)$")
_NUMBER = re.compile(r"[-+−(]*\d[\d.,'’\s]*[)%]*")


class Passed:
    """Which lines of a table are passed over, as its layout says; each line is asked about once."""

    def __init__(self, layout: FileFormat) -> None:
        self._footer = tuple(word.casefold() for word in layout.footer)
        self._words = frozenset(word.casefold() for word in layout.totals)
        self._groups = tuple(f" {word}" for word in self._words)
        self._above: Sequence[Cell] = ()
        self.ended = False  # by a footer
        self.totals: list[tuple[int, str]] = []  # of each line of totals: the column it begins in, and how

    def is_end(self, cells: Sequence[Cell]) -> bool:
        """Whether a line begins with a word of the footer and holds hardly more: below it are no rows."""
        if not self._footer:
            return False
        first = next(filter(None, map(as_text, cells)), "").casefold()
        self.ended = first.startswith(self._footer) and sum(1 for cell in cells if as_text(cell)) <= 3
        return self.ended

    def is_total(self, cells: Sequence[Cell]) -> bool:
        """Whether a line has a word for totals and nothing else but numbers.

        The word may have the group's own before it, which then stands in the row above: "Acme Total".
        """
        if not self._words:
            return False
        place = next((place for place, cell in enumerate(cells) if cell != "" and as_text(cell)), None)
        if place is not None and isinstance(cells[place], str):
            first, *rest = (text for cell in cells[place:] if (text := as_text(cell)))
            if self._is_word(place, first):
                numbers = sum(map(_is_number, rest))
                words = sum(self._bare(text) in self._words for text in rest)
                if numbers + words == len(rest) and (numbers or _COUNT.search(first)):
                    self.totals.append((place, first))
                    return True
        self._above = cells
        return False

    def _is_word(self, place: int, text: str) -> bool:
        word = self._bare(text)
        if word in self._words:
            return True
        if not word.endswith(self._groups):
            return False
        above = as_text(self._above[place]).casefold() if place < len(self._above) else ""
        return bool(above) and any(word == above + group for group in self._groups)

    @staticmethod
    def _bare(text: str) -> str:
        return _COUNT.sub("", text).rstrip(" :").casefold()


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(without_signs(without_code(text))) is not None
