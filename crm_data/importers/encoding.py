"""Which encoding a text file is in, so that no name comes out garbled."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from pathlib import Path

import charset_normalizer

from crm_data.importers.errors import ImportStopped

_BLOCK = 1 << 20
_SAMPLE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_encoding(path: Path, declared: str | None) -> tuple[str, str | None]:
    """What `_found` says, which reads the whole file, once for as long as the file stays the same."""
    state = path.stat()
    return _found(path, declared, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _found(path: Path, declared: str | None, _changed: int, _size: int) -> tuple[str, str | None]:
    """The encoding that the whole file can be read in, and a remark where it was guessed.

    A byte order mark decides; else what the mapping declares; else UTF-8 where it fits; else the
    likeliest. Raises ImportStopped where the file does not fit what is declared.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            _require(path, encoding, "its byte order mark says")
            return encoding, None
    if declared is None and (wide := _unmarked_utf16(path)):
        return wide, f"{path.name} was read as {wide}, which is a guess"
    wrong = _first_misfit(path, "utf-8")
    if declared is not None:
        if wrong is None and not _is_ascii(path) and not _reads_utf8(declared):
            raise ImportStopped(
                f"{path.name} is UTF-8, but the mapping says {declared}, which would garble its letters. "
                "Take out 'encoding', or write encoding = \"utf-8\"."
            )
        _require(path, declared, "the mapping says")
        return declared, None
    if wrong is None:
        return "utf-8", None
    guess, sample = _guess(path, wrong)
    if guess is None or _first_misfit(path, guess) is not None:
        raise ImportStopped(
            f"{path.name} is not text in an encoding that can be told. Say it in the mapping: encoding = …"
        )
    words = ", ".join(dict.fromkeys(word for word in _words(sample, guess) if not word.isascii()))
    remark = (
        f"{path.name} was read as {guess}, which is a guess. It gives {words[:80]}: if that is wrong, say"
    )
    return guess, f"{remark} 'encoding' in the mapping and import again"


def _require(path: Path, encoding: str, who: str) -> None:
    wrong = _first_misfit(path, encoding)
    if wrong is not None:
        with path.open("rb") as file:
            line = file.read(wrong).count(b"\n") + 1
        raise ImportStopped(
            f"{path.name} is not {encoding}, as {who}: see line {line}. Nothing was imported; "
            "correct 'encoding' in the mapping, or export the file again."
        )


def _first_misfit(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that does not fit the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeError as error:
                return done + getattr(error, "start", 0)
            if not block:
                return None
            done += len(block)


def _unmarked_utf16(path: Path) -> str | None:
    """UTF-16 without its mark: every other byte of most letters is zero."""
    with path.open("rb") as file:
        sample = file.read(1024)
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(high) >= 8 and high.count(0) > len(high) * 0.7:
            return encoding
    return None


def _is_ascii(path: Path) -> bool:
    return _first_misfit(path, "ascii") is None


def _reads_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf-8")


def _guess(path: Path, near: int) -> tuple[str | None, bytes]:
    """The likeliest encoding, judged by the bytes around the first that is not UTF-8; and those bytes."""
    with path.open("rb") as file:
        file.seek(max(0, near - _SAMPLE // 2) & ~3)  # whole characters of UTF-16 and UTF-32
        sample = file.read(_SAMPLE)
    matches = charset_normalizer.from_bytes(sample)
    best = matches.best()
    if best is None:
        return None, sample
    as_likely = [m for m in matches if m.chaos <= best.chaos and m.coherence >= best.coherence - 0.01]
    western = any(match.encoding == "cp1252" for match in as_likely)  # by far the most frequent
    return "cp1252" if western else best.encoding, sample


def _words(sample: bytes, encoding: str) -> list[str]:
    return re.findall(r"\w+", sample.decode(encoding, "ignore"))
