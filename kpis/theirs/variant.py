"""A definition and what it gives, and which of several gives a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpis.theirs.figure import Typed


@dataclass(frozen=True)
class Variant:
    """A definition and what it gives; None: it has no value here. `ours`: the dashboard's own."""

    words: str
    value: float | None
    ours: bool = False

    def gives(self, typed: Typed) -> bool:
        return self.value is not None and abs(self.value - typed.value) <= typed.within * (1 + 1e-9)


def sentence(given: Sequence[Variant], typed: Typed) -> str:
    """What was found, in a sentence or two."""
    ours = next(one for one in given if one.ours)
    if ours.gives(typed):
        return f"The same as here: {ours.words}."
    fitting = [one.words for one in given if one.gives(typed)]
    if fitting:
        return f"Their figure is {' or '.join(fitting)}; here, it is {ours.words}. The rows are the same."
    return (
        f"None of the definitions that were tried gives their figure; here, it is {ours.words}. "
        "Compare the period, the filters of their report and the rows that were left out."
    )
