"""What a part of the benchmark found: each thing that was timed, its ways, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.timing import Timing


@dataclass(frozen=True)
class Measured:
    """One row of the benchmark's table.

    `limit` is in the unit of `timing` (milliseconds, unless `unit` says otherwise); None: nothing is
    promised. `times`: how often the reference way's median goes into this one's; None: nothing to compare.
    """

    part: str  # "Full load"
    way: str  # "from PostgreSQL", "by hand on DuckDB"
    timing: Timing
    limit: float | None = None
    times: float | None = None
    unit: str = "ms"

    @property
    def kept(self) -> bool:
        return self.limit is None or self.timing.median <= self.limit
