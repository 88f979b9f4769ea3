"""The words of stages, statuses, reasons and channels, and what they become: vocabulary.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from crm_data.engine import home
from crm_data.importers.errors import ImportStopped

SHIPPED = Path(__file__).with_name("vocabulary.toml")
OWN = "vocabulary.toml"

#: Words that say how a deal ended, in several languages: of a status or stage, all that counts.
_WON = frozenset("won gewonnen gagne gagnee gagnes gagnees ganado ganada ganados ganadas ganho ganha".split())
_LOST = frozenset("lost verloren perdu perdue perdus perdues perdido perdida perdidos perdidas".split())
_NOT = frozenset(["not", "nicht"])
#: What may stand before such a word without changing what it says, and what may follow it.
_BEFORE = frozenset(
    "closed close deal deals order opportunity business stage status and as abgeschlossen geschlossen und "
    "auftrag geschaft verkaufschance ferme fermee conclu conclue affaire opportunite cierre cerrado cerrada "
    "negocio oportunidad oportunidade fechado fechada et y e".split()
)
_AFTER = frozenset(
    "deal deals opportunity order to against due because by on for an gegen wegen a contra".split()
)
_AROUND = re.compile(r"^\s*\d+\s*[-–.):]+\s*|\s*\([^()]*\)\s*$")
_PIECES = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[^\s\w]")

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
            ours = table.get(_alone(word)) or _told(word)
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
        and not (kind == "deal_status" and (_alone(word) in table or _told(word)))
    ]


def _folded(kind: str, words: Vocabulary) -> dict[str, str]:
    return {word.casefold(): ours for word, ours in words.get(kind, {}).items()}


def _alone(word: str) -> str:
    """A stage without its number and its pipeline, folded: "2. Demo (Sales pipeline)" is "demo"."""
    return _AROUND.sub("", word.casefold())


def _told(word: str) -> str | None:
    """How a deal ended, where the word says so without doubt.

    "Closed won (Europe)", "5 - Won" and "Lost to a competitor" do; "Won't buy", "Nearly won", "Won?" and
    "Won or lost" do not.
    """
    letters = unicodedata.normalize("NFKD", word.casefold().replace("_", " "))
    pieces = _PIECES.findall("".join(sign for sign in letters if not unicodedata.combining(sign)))
    ends = [place for place, piece in enumerate(pieces) if piece in _WON | _LOST]
    if not ends or "?" in pieces or {pieces[place] in _WON for place in ends} == {True, False}:
        return None
    before, after = pieces[: ends[0]], pieces[ends[0] + 1 :]
    denied = bool(_NOT & set(before))
    if any(piece[0].isalpha() and piece not in _BEFORE | _NOT for piece in before):
        return None
    if after and after[0][0].isalpha() and after[0] not in _AFTER:
        return None
    if pieces[ends[0]] in _LOST:
        return None if denied else "lost"
    return "lost" if denied else "won"
