"""How a file's deals ended: which of its columns says so, and what a person should know of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from crm_data.importers.errors import listed, rows_in_words
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.model import Filled
from crm_data.importers.recognise.vendors import STATUS
from crm_data.importers.recognise.words import Vocabulary, translation, unknown, vocabulary

_KIND = "deal_status"
_ENDED = ("won", "lost")
_NAMED = 12  # words named in a remark


def settled(look: Look, columns: Mapping[str, Filled]) -> dict[str, Filled]:
    """The columns, with those of the status in the order in which they count, and what hangs on them."""
    found = dict(columns)
    headings = found["status"].headings if "status" in found else ()
    if headings and found["status"].options.get("map") == _KIND:
        headings = _telling_first(look, headings)
        found["status"] = replace(found["status"], headings=headings)
    for name, filled in columns.items():
        tables = filled.options.get("when", ())
        if any(STATUS in one for one in tables):
            conditions = [each for one in tables for each in _by_status(one, headings)]
            found[name] = replace(filled, options={**filled.options, "when": conditions})
            if not headings:  # a person says that nothing fills the status
                del found[name]
    return found


def _by_status(condition: Mapping[str, object], headings: Sequence[str]) -> Iterator[dict[str, object]]:
    """A condition on the status, as conditions on its columns: of several, the first that is filled."""
    for place, heading in enumerate(headings):
        before = dict.fromkeys(headings[:place], ("",))
        others = {key: words for key, words in condition.items() if key != STATUS}
        yield others | before | {heading: condition[STATUS]}


def _telling_first(look: Look, headings: Sequence[str]) -> tuple[str, ...]:
    """The columns in the order in which they count, for the first that is filled says the status.

    First those whose words all are known and of which some say that a deal ended; then by the rows that do.
    """
    if len(headings) < 2:
        return tuple(headings)
    words = vocabulary()

    def rank(heading: str) -> tuple[bool, bool, int]:
        seen = look.texts[look.headings.index(heading)]
        ended = sum(rows for word, rows in seen.items() if meaning(word, words) in _ENDED)
        return not ended, bool(unknown(_KIND, seen, words)), -ended

    return tuple(sorted(headings, key=rank))


def meaning(word: str, words: Vocabulary) -> str:
    """The status that a word stands for; the word itself where nothing is known of it."""
    return translation(_KIND, [word], words).get(word, word)


def remarks(look: Look, columns: Mapping[str, Filled], words: Vocabulary) -> Iterator[str]:
    """What a person should know of deals whose columns are filled so, from the rows looked at."""
    if "amount" not in columns:
        yield "amount: no column is taken for it, so the deals come in without one."
    status, otherwise = columns["status"].headings, columns["status"].options.get("otherwise", "")
    closed = columns["closed_on"].headings if "closed_on" in columns else ()
    strange: Counter[str] = Counter()
    against: Counter[str] = Counter()
    known: dict[str, str] = {"": ""}
    won = undated = 0
    place = len(status)
    for texts in look.cells(*status, *closed) if status else ():
        said = [
            known[text] if text in known else known.setdefault(text, _status(text, words))
            for text in texts[:place]
        ]
        first = next((number for number, text in enumerate(texts[:place]) if text), 0)
        if texts[first] and not said[first]:
            strange[texts[first]] += 1
        became = said[first] or otherwise
        against.update(
            name for name, other in zip(status, said, strict=True) if other in _ENDED and other != became
        )
        won += became == "won"
        undated += became == "won" and not any(texts[place:])
    if place == 1:  # its words are known to the end of the file
        seen = look.texts[look.headings.index(status[0])]
        strange = Counter({word: rows for word, rows in seen.items() if not _status(word, words)})
    if strange:
        shown = listed([word for word, _ in strange.most_common()], _NAMED)
        yield f"status: nothing is known of {shown}, taken as '{otherwise}'; vocabulary.toml can say more."
    for name, rows in against.items():
        yield f"status: in {rows_in_words(rows)} of {look.rows:,} '{name}' says otherwise than what counts."
    if undated:
        yield f"closed_on: {undated:,} of {won:,} won deals have no day of closing, so no period has them."


def _status(text: str, words: Vocabulary) -> str:
    """won, lost or open; empty where nothing is known of the word."""
    return "" if unknown(_KIND, [text], words) else meaning(text, words).casefold()
