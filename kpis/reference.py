"""The reference of all KPIs, made from their definitions: the page Definitions and docs/kpis.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpis.dimensions import DIMENSIONS
from kpis.explain import words, words_on_marks
from kpis.model import Definition, Phasing

#: What makes docs/kpis.md again after a definition was added or changed.
COMMAND = ".venv/bin/python -m kpis list --markdown > docs/kpis.md"

_PHASING = {
    Phasing.LEVEL: "the same for a part of its period",
    Phasing.DAILY: "a part of its period has to bring its days' share",
    Phasing.COMPOUND: "a part of its period may take the share that compounds to the whole",
}


def by_department(known: Iterable[Definition]) -> Mapping[str, list[Definition]]:
    """The definitions by department, both in the order of the catalogue."""
    found: dict[str, list[Definition]] = {}
    for one in known:
        found.setdefault(one.department, []).append(one)
    return found


def terms(one: Definition) -> dict[str, str]:
    """All that a definition says beside its sentence and formula, in words."""
    dimensions = ", ".join(DIMENSIONS[key].label.lower() for key in one.dimensions) or "none"
    said = words(one) | words_on_marks(one)
    said["Adds up over"] = {"nothing": "nothing: parts do not make the whole"}.get(one.adds, one.adds)
    return said | {"Broken down by": dimensions, "Target": _PHASING[one.phasing], "Defined by": one.source}


def mentions(one: Definition, text: str) -> bool:
    """All words of the text are somewhere in the definition, whatever their case."""
    whole = " ".join((one.key, one.label, one.help, one.formula, one.department, *terms(one).values()))
    return all(word in whole.casefold() for word in text.casefold().split())


def as_markdown(known: Iterable[Definition]) -> str:
    """The reference as a Markdown file."""
    lines = [
        "# Every KPI",
        "",
        f"Made from the definitions in `kpis/catalog/` by `{COMMAND}`; a test holds it true.",
        "Each number's own page, `rows?kpi=KEY`, has its rows.",
        "",
    ]
    for department, definitions in by_department(known).items():
        lines += [f"## {department.capitalize()}", ""]
        for one in definitions:
            lines += [f"### {one.label}", "", f"`{one.key}`. {one.help}", "", f"**{one.formula}**", ""]
            lines += [f"- {name}: {text}" for name, text in terms(one).items()]
            lines.append("")
    return "\n".join(lines)
