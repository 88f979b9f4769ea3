"""An answer by day and members, put in order, and where the windows begin and end in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from kpis.period import Period
from kpis.tally import Members


class Days:
    """`order`: the rows by members, and in these by day. `days`: of the rows in this order, since the first
    day. `members`: each once."""

    def __init__(self, table: pa.Table, by: Sequence[str]) -> None:
        days = table.column("day").to_numpy().astype("datetime64[D]").astype(np.int64)
        codes, self.members = _coded(table, by)
        self._first = int(days.min(initial=0))
        self._width = int(days.max(initial=0)) - self._first + 2
        places = codes * self._width + days - self._first
        self.order = np.argsort(places, kind="stable")
        self.days = days[self.order] - self._first
        self._places = places[self.order]

    def bounds(self, periods: Sequence[Period]) -> tuple[np.ndarray, np.ndarray]:
        """By members and window, the row from which on it holds them, and the first one after it."""
        return self.place([one.start for one in periods]), self.place([one.end for one in periods])

    def place(self, days: Sequence[date], later: int = 0) -> np.ndarray:
        """By members and day, the first row of that day or after it; or of so many days later."""
        inside = np.clip([self.since_first(day) + later for day in days], 0, self._width - 1)
        groups = np.arange(len(self.members)) * self._width
        return np.searchsorted(self._places, groups[:, None] + inside)

    def since_first(self, day: date) -> int:
        return day.toordinal() - _EPOCH - self._first


_EPOCH = date(1970, 1, 1).toordinal()


def _coded(table: pa.Table, by: Sequence[str]) -> tuple[np.ndarray, list[Members]]:
    """For each row a number that stands for its members, and the members by that number."""
    codes, members = np.zeros(table.num_rows, np.int64), list[Members]([()])
    if not by:
        return codes, members
    for name in by:
        column = table.column(name).combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        coded = column.dictionary_encode("encode")
        codes = codes * max(len(coded.dictionary), 1) + coded.indices.to_numpy()
        members = [(*before, word) for before in members for word in coded.dictionary.to_pylist()]
    present, codes = np.unique(codes, return_inverse=True)
    return codes, [members[code] for code in present]
