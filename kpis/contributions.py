"""The effects of a change, put together by member and rounded so that what is shown adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpis.change import INPUT, REASON, Change, shown
from kpis.model import KPI, Definition, Unit


@dataclass(frozen=True)
class Contribution:
    """What one member, or several together, adds to the change: rounded, in all and by kind of effect."""

    members: tuple[object, ...]
    kinds: Mapping[str, Fraction]

    @property
    def amount(self) -> Fraction:
        return sum(self.kinds.values(), Fraction(0))


def digits_of(kpi: Definition) -> int:
    """The decimals to which a change is shown: cents, hundredths of a percentage point, whole counts."""
    if kpi.unit is Unit.SHARE:
        return 4
    whole = kpi.unit is Unit.COUNT and isinstance(kpi, KPI) and kpi.per is None
    return 0 if whole else 2


def contributions(found: Change, digits: int) -> list[Contribution]:
    """One for each member, reason or input, largest first; rounded, they add up to the rounded change."""
    assert found.amount is not None
    kinds: dict[object, dict[str, Fraction]] = {}
    for effect, amount in shown(found.effects, found.amount, digits):
        of = kinds.setdefault(effect.member, {})
        of[effect.kind] = of.get(effect.kind, Fraction(0)) + amount
    exact: dict[object, Fraction] = {}
    for effect in found.effects:
        exact[effect.member] = exact.get(effect.member, Fraction(0)) + effect.amount
    order = sorted(exact, key=lambda member: (-abs(exact[member]), member is None, str(member)))
    return [Contribution((member,), kinds[member]) for member in order]


def summed(small: Sequence[Contribution]) -> Contribution:
    """Several contributions as one."""
    kinds: dict[str, Fraction] = {}
    for one in small:
        for kind, amount in one.kinds.items():
            kinds[kind] = kinds.get(kind, Fraction(0)) + amount
    return Contribution(tuple(member for one in small for member in one.members), kinds)


def of_dimension(found: Change) -> bool:
    """The contributions are those of a dimension's members, not of reasons or inputs."""
    return not any(effect.kind in (REASON, INPUT) for effect in found.effects)
