"""Which system and object a file's headings and values fit, and how surely."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from crm_data.importers.recognise.headings import amount_of
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.vendors import GENERIC, VendorObject, bare, systems

_IDS_LOOKED_AT = 50


@dataclass(frozen=True)
class Fit:
    """How well one kind of file fits."""

    object: VendorObject
    points: float
    matched: tuple[str, ...]  # the file's headings that the kind of file has
    telling: tuple[str, ...]  # those of them that no other system has
    reasons: tuple[str, ...]
    by_ids: bool
    share: float  # of the file's headings that are matched

    @property
    def proven(self) -> bool:
        """Whether something is there that no other system has."""
        return self.by_ids or len(self.telling) >= 2 or (bool(self.telling) and self.share >= 0.6)


@cache
def _spread() -> tuple[dict[str, int], dict[str, int]]:
    """For each heading, how many kinds of file have it, and how many systems."""
    kinds: Counter[str] = Counter()
    owners: dict[str, set[str]] = {}
    for system in systems().values():
        for kind in system.objects.values():
            kinds.update(kind.known.keys())
            for heading in kind.known:
                owners.setdefault(heading, set()).add(system.key)
    return dict(kinds), {heading: len(found) for heading, found in owners.items()}


def fits(look: Look) -> list[Fit]:
    """Every kind of file that the headings could be of, the best first."""
    found = [
        fit
        for system in systems().values()
        for kind in system.objects.values()
        if (fit := _fit(look, kind)) is not None
    ]
    return sorted(found, key=lambda fit: -fit.points)


def _fit(look: Look, kind: VendorObject) -> Fit | None:
    kinds, owners = _spread()
    generic = kind.system == GENERIC
    matched, telling, points = [], [], 0.0
    for heading in look.headings:
        key = bare(heading)
        if key not in kind.known and (told := amount_of(heading)):
            key = bare(told[0])
        known = kind.known.get(key)
        if not known:
            continue
        matched.append(heading)
        weight = 1 / kinds[key] ** 0.5
        if owners[key] == 1 and not generic:
            telling.append(heading)
            weight *= 1.5
        spelled = 0.3 * (_spaced(heading) == _spaced(known)) + 0.1 * (heading == known)
        points += weight * (0.7 + (0 if generic else spelled))
    if not matched:
        return None
    if generic:
        points *= 0.6  # a system that is known says more than the meaning of words
    filled = sum(1 for heading in look.headings if heading)
    points -= 0.15 * (filled - len(matched)) * points / max(filled, 1)
    reasons = [f"{len(matched)} of {filled} headings are those of {_named(kind)}"]
    by_ids = False
    if kind.ids is not None and (ids := _ids(look, kind)):
        share = sum(1 for text in ids if kind.ids.match(text)) / len(ids)
        by_ids = share > 0.9
        points += 4 if by_ids else -4 * (share < 0.5)
        if by_ids:
            reasons.append(f"its ids, such as {ids[0][:20]}, are those of {_named(kind)}")
    if telling and not generic:
        shown = ", ".join(f"'{heading}'" for heading in telling[:3])
        reasons.append(f"no other system has {shown}" + (" and more" if len(telling) > 3 else ""))
    stem = bare(re.sub(r"[\d_ -]+$", "", look.file.path.stem))
    named = bare(look.layout.sheet or "")
    if any(stem.startswith(name) or named.startswith(name) for name in kind.files if name):
        points += 0.5 + 0.5 * any(stem == name or named == name for name in kind.files)
        reasons.append("its name says so, too")
    return Fit(kind, points, tuple(matched), tuple(telling), tuple(reasons), by_ids, len(matched) / filled)


def _named(kind: VendorObject) -> str:
    return f"{systems()[kind.system].name}'s {kind.key}" if kind.system != GENERIC else kind.key


def _spaced(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _ids(look: Look, kind: VendorObject) -> Sequence[str]:
    for index, heading in enumerate(look.headings):
        if bare(heading) in ("id", "recordid", bare(kind.key) + "id"):
            return list(look.texts[index])[:_IDS_LOOKED_AT]
    return ()


def confidence(best: Fit, others: Sequence[Fit], headings: int) -> float:
    """0 to 1: how much of the file is explained, and how far behind the next kind of file is."""
    rivals = [fit for fit in others if fit.object is not best.object]
    if best.object.system == GENERIC:  # a system without proof is no rival to what the words mean
        rivals = [fit for fit in rivals if fit.proven or fit.object.system == GENERIC]
    second = max((fit.points for fit in rivals), default=0.0)
    lead = min(1.0, max(0.0, (best.points - second) / max(best.points, 1e-9)) * 2.5)
    covered = len(best.matched) / max(headings, 1)
    sure = 1.0 if best.by_ids or len(best.telling) >= 2 else 0.9
    return round(min(0.99, (0.35 + 0.35 * min(1.0, covered * 1.25) + 0.3 * lead) * sure), 2)
