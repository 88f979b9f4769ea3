"""From files to what they are held to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from crm_data.importers.errors import ImportStopped, listed
from crm_data.importers.excel_file import is_archive
from crm_data.importers.files import Found, find_files
from crm_data.importers.mapping import KEPT, OBJECTS
from crm_data.importers.recognise import columns
from crm_data.importers.recognise.look import Look, look_at
from crm_data.importers.recognise.model import CUSTOM, ID, LEFT_OUT, Candidate, Override, Recognised
from crm_data.importers.recognise.score import Fit, confidence, fits
from crm_data.importers.recognise.vendors import GENERIC, VendorObject, footers, systems

_RUNNERS_UP = 3
_LEAST = 0.3  # of a file's headings must mean something where no system is recognised
#: Below these a person must say that a file is what it seems to be: of a system, and of any file.
_GUESS, _GUESS_OF_ANY = 0.6, 0.75


def recognise(paths: Iterable[Path]) -> tuple[Recognised, ...]:
    """What each file, and each sheet of a workbook, is; ZIP archives must be unpacked before (`unpacked`).

    A file that cannot be read is there as well, with the problem. Raises ImportStopped where a path is
    not there.
    """
    files = find_files(paths)
    names = Counter(file.name for file in files)
    found: list[Recognised] = []
    for file in files:
        if names[file.name] > 1:
            found.append(
                _unreadable(file, f"{names[file.name]} files are called {file.name}; rename all but one.")
            )
            continue
        try:
            if file.path.stat().st_size and is_archive(file.path):
                raise ImportStopped(f"{file.name} is an archive. Unpack it and give its files.")
            found += [_recognised(look) for look in look_at(file, footers())]
        except (ImportStopped, OSError) as error:
            found.append(_unreadable(file, str(error)))
    return tuple(found)


def overridden(recognised: Recognised, override: Override) -> Recognised:
    """The same file, as a person says that it is. Raises ImportStopped for what there is not."""
    look = recognised.look
    if look is None:
        return recognised
    system = override.system or recognised.system
    key = override.object or recognised.object
    kind = _kind(system, key)
    for heading, target in override.columns.items():
        _check(kind, heading, target, look)
    if override.system or override.object:
        return _described(look, kind, 1.0, ("you said so",), recognised.runners_up, override)
    sure, reasons, against = recognised.confidence, recognised.reasons, recognised.against
    return _described(look, kind, sure, reasons, recognised.runners_up, override, against)


def _kind(system: str | None, key: str | None) -> VendorObject:
    known = systems().get(system or GENERIC)
    if known is None:
        raise ImportStopped(f"There is no system '{system}'. There are {listed(systems())}.")
    kind = known.objects.get(key or "")
    if kind is None:
        raise ImportStopped(f"{known.name} has no object '{key}'. It has {listed(known.objects, 40)}.")
    return kind


def _check(kind: VendorObject, heading: str, target: str, look: Look) -> None:
    if heading not in look.headings:
        raise ImportStopped(f"{look.file.name} has no column '{heading}'. It has {listed(look.headings)}.")
    if target in (CUSTOM, LEFT_OUT):
        return
    table = OBJECTS[kind.fills]
    allowed = [ID, *(column.name for column in table.c if column.name not in KEPT)]
    if target.rpartition(".")[2] not in allowed or target.rpartition(".")[0] not in ("", table.name):
        raise ImportStopped(
            f"{table.name} have no column '{target}' to fill. There are {listed(allowed, 60)}."
        )


def _recognised(look: Look) -> Recognised:
    headings = [heading for heading in look.headings if heading]
    if not headings:
        return _unreadable(look.file, f"{look.file.name} has no headings, so it is not a table.", look)
    found = fits(look)
    best = _best(found, look, len(headings))
    if best is None:
        reason = "its headings are those of nothing that is known here"
        runners_up = _runners_up(found, None, len(headings))
        return Recognised(
            look.file.name, look.layout.sheet, None, None, None, 0.0, (reason,),
            tuple(columns.unknown(look)), runners_up, None, look,
        )  # fmt: skip
    sure = confidence(best, found, len(headings))
    return _described(
        look,
        best.object,
        sure,
        best.reasons,
        _runners_up(found, best, len(headings)),
        Override(look.file.name),
    )


def _best(found: Sequence[Fit], look: Look, headings: int) -> Fit | None:
    """The best that has proof: headings or ids that no other system has, or else a meaning that fits."""
    for fit in found:
        if fit.object.system != GENERIC:
            if fit.proven:
                return fit
        elif (
            len(fit.matched) >= max(2, _LEAST * headings) and columns.resolve(look, fit.object, {})[0].usable
        ):
            return fit
    return None


def _runners_up(found: Sequence[Fit], best: Fit | None, headings: int) -> tuple[Candidate, ...]:
    others = [fit for fit in found if best is None or fit.object is not best.object][:_RUNNERS_UP]
    top = best.points if best else max((fit.points for fit in others), default=1.0)
    return tuple(
        Candidate(
            fit.object.system,
            fit.object.key,
            fit.object.fills,
            round(max(0.0, min(0.6, 0.6 * fit.points / max(top, 1e-9))) * len(fit.matched) / headings, 2),
        )
        for fit in others
        if fit.points > 0
    )


def _described(
    look: Look,
    kind: VendorObject,
    sure: float,
    reasons: Sequence[str],
    runners_up: tuple[Candidate, ...],
    override: Override,
    against: str = "",
) -> Recognised:
    parts = columns.resolve(look, kind, override.columns)
    name = f"{systems()[kind.system].name}'s {kind.key}" if kind.system != GENERIC else kind.key
    problem = None
    if kind.part is None:
        problem = f"{name} has no place in this CRM, so {look.file.name} stays out."
    elif look.grouped:
        problem = (
            f"{look.file.name} is a report in groups: only the first row of each says its '{look.grouped}', "
            "and totals stand between. Export it without groups (details only), so that each row has all."
        )
    elif parts[0].missing:
        problem = (
            f"{kind.fills} need {listed(parts[0].missing)}, and no column of {look.file.name} is recognised "
            "as that. Say which column it is, or export the file with it."
        )
    elif parts[0].fault:
        problem = parts[0].fault
    elif parts[0].id is None:
        problem = f"No column of {look.file.name} tells its rows apart. Export it with the column of the id."
    elif sure < (_GUESS_OF_ANY if kind.system == GENERIC else _GUESS):
        problem = f"It is only a guess that {look.file.name} is {name}. Say so to import it."
    elif against:
        problem = against
    return Recognised(
        file=look.file.name,
        sheet=look.layout.sheet,
        system=kind.system,
        object=kind.key,
        fills=kind.fills or None,
        confidence=sure,
        reasons=tuple(reasons),
        columns=tuple(columns.guesses(look, kind, parts, override.columns)),
        runners_up=runners_up,
        problem=problem,
        against=against,
        look=look,
    )


def _unreadable(file: Found, problem: str, look: Look | None = None) -> Recognised:
    return Recognised(file.name, None, None, None, None, 0.0, (), (), (), problem, look)
