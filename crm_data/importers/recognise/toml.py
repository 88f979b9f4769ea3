"""Writing a mapping down as TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HIDDEN = re.compile(r"[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def text(words: str) -> str:
    """In quotes; what cannot be seen is written as its number."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(words, ensure_ascii=False))


def key(name: str) -> str:
    return name if _BARE.fullmatch(name) else text(name)


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key(name)} = {inline(each)}" for name, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(inline(each) for each in value)}]"
    return str(value)


def pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{key(name)} = {inline(value)}" for name, value in table.items()]
