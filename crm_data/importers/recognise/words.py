"""The words of stages, statuses, reasons and channels, and what they become: vocabulary.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from crm_data.engine import home
from crm_data.importers.errors import ImportStopped

SHIPPED = Path(__file__).with_name("vocabulary.toml")
OWN = "vocabulary.toml"

#: Words within a status or stage that tell how a deal ended, in several languages; the first that fits.
_TELLING = (
    ("lost", ("lost", "verloren", "perdu", "perdid", "not won", "nicht gewonnen")),
    ("won", ("won", "gewonnen", "gagn", "ganad", "ganho")),
)

#: For each kind of column, the word of another system: ours.
Vocabulary = dict[str, dict[str, str]]


def vocabulary() -> Vocabulary:
    """The table that ships, and what the data folder's own adds. Raises ImportStopped where that is wrong."""
    words = _read(SHIPPED)
    own = home() / OWN
    if own.is_file():
        for kind, table in _read(own).items():
            said = {word.casefold() for word in table}
            kept = {word: ours for word, ours in words.get(kind, {}).items() if word.casefold() not in said}
            words[kind] = kept | table
    return words


def _read(path: Path) -> Vocabulary:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return {
            kind: {word: ours for ours, theirs in table.items() for word in _texts(theirs)}
            for kind, table in tree.items()
        }
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ImportStopped(f"{path} cannot be read as a table of words: {error}.") from error


def _texts(theirs: object) -> list[str]:
    if not isinstance(theirs, list) or not all(isinstance(word, str) for word in theirs):
        raise TypeError("each of our words stands before a list of words in quotes")
    return theirs


def translation(kind: str, seen: Iterable[str], words: Vocabulary) -> dict[str, str]:
    """What the seen words of a column become, where they change; capitals and known variants included."""
    table = _folded(kind, words)
    found = {}
    for word in seen:
        ours = table.get(word.casefold())
        if ours is None and kind == "deal_status":
            ours = _told(word)
        if ours is not None and ours != word:
            found[word] = ours
    return found


def unknown(kind: str, seen: Iterable[str], words: Vocabulary) -> list[str]:
    """The seen words that the table does not have."""
    table = _folded(kind, words)
    ours = {word.casefold() for word in table.values()}
    return [
        word
        for word in seen
        if word.casefold() not in table
        and word.casefold() not in ours
        and not (kind == "deal_status" and _told(word))
    ]


def _folded(kind: str, words: Vocabulary) -> dict[str, str]:
    return {word.casefold(): ours for word, ours in words.get(kind, {}).items()}


def _told(word: str) -> str | None:
    folded = word.casefold()
    return next((ours for ours, signs in _TELLING if any(sign in folded for sign in signs)), None)
