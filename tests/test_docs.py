"""What the documentation says exists: files, commands, targets, links, libraries."""

from __future__ import annotations

import io
import re
import textwrap
from contextlib import redirect_stdout
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from crm_data.warehouse.query import readable
from kpis import model
from kpis.catalog import facts
from kpis.period import Period
from kpis.query import total_statement
from tests.test_house import tracked

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")])
MADE_LATER = ("data/", ".venv/", "test-results/")  # by running the project

PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
SUFFIXES = (".py", ".md", ".toml", ".txt", ".in", ".css", ".csv", ".json")


def quoted(text: str) -> list[str]:
    """What stands in `backticks`, code blocks aside."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))


def paths(text: str) -> list[str]:
    """Quoted file names: with a slash or a known suffix, and no placeholder in capitals."""
    return [
        word
        for word in quoted(text)
        if PATH.fullmatch(word)
        and ("/" in word or word.endswith(SUFFIXES))
        and not re.search(r"\b[A-Z]{3,}\b", word.removesuffix("README.md"))
        and not word.startswith(MADE_LATER)
    ]


def commands(text: str) -> list[str]:
    """Every `python -m …` of the project, in a sentence or a code block, without its comment."""
    found = re.findall(r"python -m ((?:crm_data|kpis|tests)[^`#\n|]*)", text)
    return [command.strip() for command in found]


def exists(path: str, known: list[Path]) -> bool:
    """The path does, from the root; a mere file name anywhere."""
    return bool(list(ROOT.glob(path))) or ("/" not in path and any(file.name == path for file in known))


def headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@cache
def help_of(*words: str) -> str:
    module, *subcommand = words
    said = io.StringIO()
    with redirect_stdout(said), pytest.raises(SystemExit) as ended:
        import_module(f"{module}.__main__").main([*subcommand, "--help"])
    assert ended.value.code == 0, f"{' '.join(words)} --help"
    return said.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    known = [path.relative_to(ROOT) for path in tracked()]
    missing = [path for path in paths(page.read_text()) if not exists(path.rstrip("/"), known)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in headings(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_exist(page: Path) -> None:
    for command in commands(page.read_text()):
        module, *words = command.split()
        subcommand = [word for word in words[:1] if re.fullmatch(r"[a-z]+", word)]
        known = help_of(module, *subcommand)
        for option in re.findall(r"--[a-z][a-z-]*", command):
            assert option in known, f"{command}: {module} {' '.join(subcommand)} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    text = page.read_text()
    named = re.findall(r"`make ([a-z]+)", text) + re.findall(r"^make ([a-z]+)", text, flags=re.M)
    assert set(named) - targets == set()


def test_every_direct_library_has_its_reason() -> None:
    explained = re.findall(r"^\| `([a-z0-9-]+)` \| \S", (ROOT / "docs/libraries.md").read_text(), flags=re.M)
    lines = (ROOT / "requirements.in").read_text() + (ROOT / "requirements-dev.in").read_text()
    direct = re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==", lines, flags=re.M)
    assert sorted(explained) == sorted(direct)


def test_the_example_of_a_kpi_is_one() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.S)
    names = {**vars(model), **vars(facts)}
    exec(textwrap.dedent(example), names)
    year = Period(date(2025, 1, 1), date(2026, 1, 1))
    assert "cases.due_day >= '2025-01-01'" in readable(
        total_statement(names["ON_TIME"], year, (), year.start)
    )
