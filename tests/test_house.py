"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pages", "ui", "kpis", "crm_data")

#: Files above one megabyte, each with its reason.
LARGE: dict[str, str] = {}


def tracked(*patterns: str) -> list[Path]:
    """The project's own files: those that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a picture, a font, or a test file in another encoding
    return found


def offences(pattern: str, files: list[tuple[Path, str]]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path, text in files
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def requirements(name: str) -> list[str]:
    lines = (line.split("  #")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert offences(r"(?<![\w.:/])/(work|home|root|tmp|Users|opt|mnt|srv)/\w", texts()) == []


def test_no_file_names_a_package_registry() -> None:
    hosts = (
        r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|deb[.]debian|--(extra-)?index[-]url|--find[-]links"
    )
    assert offences(hosts, texts()) == []


@pytest.mark.parametrize(
    "name", ["requirements.in", "requirements-dev.in", "requirements.txt", "requirements-dev.txt"]
)
def test_every_requirement_is_pinned(name: str) -> None:
    pinned = r"[a-z0-9-]+(\[[a-z]+\])?==[0-9][\w.]*( ; .+)?"
    assert [line for line in requirements(name) if not re.fullmatch(pinned, line)] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_compiled_requirements_agree_with_their_source(name: str) -> None:
    direct = {line.replace("[binary]", "") for line in requirements(f"{name}.in")}
    compiled = {line.split(" ; ")[0] for line in requirements(f"{name}.txt")}
    assert direct - compiled == set(), "type: make lock"


def test_tests_run_on_the_versions_that_the_dashboard_runs_on() -> None:
    assert set(requirements("requirements.txt")) - set(requirements("requirements-dev.txt")) == set()


def imported(*patterns: str) -> set[str]:
    """The libraries that the files import, by the name they are installed under."""
    modules = set()
    for path in tracked(*patterns):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    others = modules - sys.stdlib_module_names - {*PACKAGES, "app", "tests"}
    known = packages_distributions()
    return {re.sub(r"[._]", "-", known[module][0]).lower() for module in others}


def direct(name: str) -> set[str]:
    return {re.split(r"\[|==", line)[0] for line in requirements(name)}


def test_what_is_imported_is_required_in_its_own_name() -> None:
    """A library that only came along with another may be gone with its next version."""
    product, tests = direct("requirements.in"), direct("requirements-dev.in")
    assert imported("app.py", *(f"{package}/*.py" for package in PACKAGES)) - product == set()
    assert imported("tests/*.py") - product - tests == set()


def test_caches_of_the_screen_are_in_one_file() -> None:
    """A cache without the viewer in its key shows one person's numbers to another."""
    found = []
    for path in tracked("*.py"):
        if path.relative_to(ROOT).parts[0] == "tests" or path == ROOT / "ui/cache.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "attr", getattr(node, "id", None))
            if isinstance(node, ast.expr) and name in ("cache_data", "cache_resource"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("path", tracked("pages/*.py"), ids=lambda path: path.name)
def test_every_page_begins_with_the_shell(path: Path) -> None:
    """The call checks the viewer: nothing may run before it, and it has no condition."""
    body = ast.parse(path.read_text()).body
    imports_and_docstring = (ast.Import, ast.ImportFrom)
    first = next(
        node
        for node in body
        if not isinstance(node, imports_and_docstring)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )
    value = first.value if isinstance(first, ast.Assign | ast.Expr) else None
    assert isinstance(value, ast.Call), f"{path.name}:{first.lineno} is not the shell's call"
    assert ast.unparse(value.func) in ("page", "shell.page")


def test_no_file_is_too_long_to_find_its_point() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in tracked("*.py")}
    assert {str(path): lines for path, lines in lengths.items() if lines > 300} == {}


def test_no_file_is_large_without_a_reason() -> None:
    large = {str(path.relative_to(ROOT)) for path in tracked() if path.stat().st_size > 1_000_000}
    assert large == set(LARGE)


def test_the_licence_is_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert "Licensed under the Apache License" in (ROOT / "NOTICE").read_text()


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def copy_of_the_packages(folder: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "static")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("crm_data/bad.py", "import kpis", "Imports point one way"),
        ("kpis/bad.py", "import ui.bad", "Imports point one way"),
        ("kpis/bad.py", "import streamlit", "kpis and crm_data know no screen"),
        ("crm_data/bad.py", "import plotly.express", "kpis and crm_data know no screen"),
        ("pages/bad.py", "import duckdb", "pages and ui know no SQL"),
        ("ui/bad.py", "from sqlalchemy import select", "pages and ui know no SQL"),
    ],
)
def test_an_import_against_the_grain_is_refused(tmp_path: Path, module: str, line: str, broken: str) -> None:
    folder = copy_of_the_packages(tmp_path)
    for package in PACKAGES:
        (folder / package / "bad.py").write_text("")
    (folder / module).write_text(line + "\n")
    answer = lint_imports(folder)
    assert answer.returncode == 1
    assert re.search(rf"{broken}.*BROKEN", answer.stdout), answer.stdout
