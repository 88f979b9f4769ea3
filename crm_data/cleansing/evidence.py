"""What the comparison of two values tells, in bits, and what bits together mean."""

from __future__ import annotations

from math import log2

from crm_data.cleansing.compare import Kind


def agreement(kind: Kind, one: str, other: str, told: float) -> tuple[str, float]:
    """How two values compare, and the bits of that. told: what being the same tells."""
    if not one or not other:
        return "", 0.0
    if one == other:
        return "the same", told
    if kind.near.holds(one, other):
        return "alike", near_bits(kind)
    return "different", log2(kind.m_apart)


def near_bits(kind: Kind) -> float:
    return log2(kind.m_near / kind.near_by_chance)


def probability(bits: float) -> float:
    return 1 / (1 + 2.0 ** -max(min(bits, 60), -60))
