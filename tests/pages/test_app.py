"""The server: it does not start where strangers could reach it; a broken page shows no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ROOT


def test_it_refuses_to_listen_where_others_could_read_the_crm(tmp_path: Path) -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.address",
            "0.0.0.0",
            "--server.port",
            "0",
        ],
        cwd=ROOT,
        env={**os.environ, "CRM_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode != 0
    assert "there is no sign-in yet" in answer.stderr + answer.stdout
    assert not list(tmp_path.iterdir()), "nothing was touched"


def test_a_broken_page_apologises_and_the_log_has_the_cause(caplog) -> None:
    def script() -> None:
        from app import on_script_error

        on_script_error(ValueError("secret detail"))

    test = AppTest.from_function(script).run()
    shown = test.error[0].value
    assert "could not be drawn" in shown
    assert "secret detail" not in shown
    reference = shown.rsplit("**", 2)[1]
    assert any(reference in record.getMessage() and record.exc_info for record in caplog.records)
