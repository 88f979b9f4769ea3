"""Why an import stops, or a row stays out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ImportStopped(Exception):
    """The import cannot go on. The message says why and what to do; the CRM database is unchanged."""


class Cancelled(ImportStopped):
    """Raised by whoever is told of the progress, to stop the import."""

    def __init__(self) -> None:
        super().__init__("The import was cancelled. Nothing was imported.")


class Unreadable(ValueError):
    """A cell that cannot become a value of its column; the message is the reason."""


class UnknownCurrency(Unreadable):
    """Stops the import: without its currency an amount means nothing, and sums would lack it silently."""


def nearest(word: str, words: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the word most like it, or nothing."""
    folded = {known.casefold(): known for known in words}
    close = get_close_matches(word.casefold(), folded, n=1)
    return f" Did you mean '{folded[close[0]]}'?" if close else ""


def listed(words: Iterable[str], at_most: int = 20) -> str:
    """The words in quotes, cut where there are too many to read."""
    known = list(words)
    shown = ", ".join(f"'{word[:60]}'" for word in known[:at_most])
    return shown + (f" and {len(known) - at_most:,} more" if len(known) > at_most else "")


def rows_in_words(count: int) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{count:,} {'row' if count == 1 else 'rows'}"
