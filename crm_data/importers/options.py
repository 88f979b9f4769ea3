"""Reading a TOML table whose keys are known: a wrong key or kind of value is named with its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crm_data.importers.errors import ImportStopped, listed, nearest

_KINDS = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    dict: "a table",
    list: "a list",
}


class Options:
    """A table of the mapping. `place` says where it stands, for messages."""

    def __init__(self, table: object, place: str, known: Iterable[str]) -> None:
        self.place = place
        if not isinstance(table, dict):
            raise ImportStopped(f"{place} must be a table.")
        self.table: dict[str, Any] = table
        known = list(known)
        for key in table:
            if key not in known:
                raise ImportStopped(
                    f"{place}: '{key}' is not known here.{nearest(key, known)} "
                    f"Known are {listed(sorted(known), 40)}."
                )

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        """The value, of this kind; the default where it is not given."""
        if key not in self.table:
            return default
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ImportStopped(f"{self.place}: '{key}' must be {_KINDS[kind]}, not {value!r}.")
        return value

    def need(self, key: str, kind: type) -> Any:
        if key not in self.table:
            raise ImportStopped(f"{self.place}: '{key}' is missing.")
        return self.get(key, kind)

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """One text or a list of texts."""
        value = self.table.get(key, default)
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise ImportStopped(f"{self.place}: '{key}' must be a text or a list of texts.")
        return tuple(value)

    def choice(self, key: str, *allowed: str) -> str:
        """One of these words; the first where it is not given."""
        value = self.get(key, str, allowed[0])
        if value not in allowed:
            raise ImportStopped(f"{self.place}: '{key}' must be one of {listed(allowed)}, not '{value}'.")
        return str(value)
