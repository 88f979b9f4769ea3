"""The one command that starts everything, on machines that lack something."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.server import start_command

ROOT = Path(__file__).resolve().parent.parent


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "CRM_"))
    }
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env={**kept, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the Makefile whose python only writes down what it was asked; it fails at $FAIL."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    program(tmp_path / ".venv/bin/python", 'echo "$@" >> asked.txt; test "$2" != "$FAIL"')
    return tmp_path


def asked(project: Path) -> list[str]:
    """What python was asked since the last look."""
    file = project / "asked.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def test_make_alone_lists_the_targets(project: Path) -> None:
    answer = make(project)
    for target in ("setup", "run", "test", "check", "demo", "bench", "lock"):
        assert f"make {target} " in answer.stdout


def test_setup_installs_once_and_again_when_the_list_changes(project: Path) -> None:
    make(project, "setup")
    installs = [line for line in asked(project) if "pip install" in line]
    assert len(installs) == 1
    assert installs[0].endswith("--requirement requirements.txt")
    make(project, "setup")
    assert asked(project) == []
    later = (project / ".venv/installed").stat().st_mtime + 5
    os.utime(project / "requirements.txt", (later, later))
    make(project, "setup")
    assert any("pip install" in line for line in asked(project))


def test_run_makes_a_demo_only_where_there_is_no_data(project: Path) -> None:
    make(project, "setup")
    start = shlex.join(start_command(8501))
    asked(project)
    make(project, "run")
    assert asked(project) == ["-m crm_data demo --if-empty", start]
    make(project, "run", CRM_DATABASE_URL="sqlite:///elsewhere.db")
    assert asked(project) == [start]


def test_run_starts_what_the_browser_tests_start(project: Path) -> None:
    make(project, "run", "PORT=8600")
    assert asked(project)[-1] == shlex.join(start_command(8600))


def test_the_size_of_demo_and_the_parts_of_the_bench_can_be_given(project: Path) -> None:
    make(project, "setup", "dev")
    asked(project)
    make(project, "demo")
    make(project, "demo", "EVENTS=5000")
    make(project, "bench", "EVENTS=5000", "PARTS=questions growth")
    wanted = [
        "-m crm_data demo",
        "-m crm_data demo --events 5000",
        "-m tests.browser.chromium",
        "-m tests.bench questions growth --events 5000",
    ]
    assert asked(project) == wanted


def test_run_installs_nothing_that_only_tests_need(project: Path) -> None:
    make(project, "run")
    assert not any("requirements-dev" in line for line in asked(project))


def test_a_demo_that_fails_starts_no_server(project: Path) -> None:
    make(project, "setup")
    asked(project)
    assert make(project, "run", FAIL="crm_data").returncode != 0
    assert asked(project) == ["-m crm_data demo --if-empty"]


def test_a_python_without_venv_says_what_to_type(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    python = program(project / "bin/python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    answer = make(project, "setup", f"PYTHON={python}")
    assert answer.returncode != 0
    assert "sudo apt-get install -y python3-venv" in answer.stderr


def test_no_python_says_what_to_do(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    tools = project / "bin"
    for name in ("sh", "make", "touch"):
        tools.mkdir(exist_ok=True)
        (tools / name).symlink_to(str(shutil.which(name)))
    program(tools / "python3", "exit 1")  # too old
    answer = make(project, "setup", PATH=str(tools))
    assert answer.returncode != 0
    assert "No Python 3.11 or newer was found" in answer.stderr


def test_ci_runs_checks_and_tests_and_ends_with_pytests_own_line() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert lines[-2:] == ["make check </dev/null", "make test </dev/null"]


def test_the_hooks_run_what_check_runs() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    recipe = make(ROOT, "-n", "check").stdout
    for tool in ("ruff format --check", "ruff check", "mypy", "lint-imports"):
        assert f".venv/bin/{tool}" in hooks
        assert f".venv/bin/{tool}" in recipe
    pre_commit = Path(sys.executable).with_name("pre-commit")
    subprocess.run([pre_commit, "validate-config", ROOT / ".pre-commit-config.yaml"], check=True)
