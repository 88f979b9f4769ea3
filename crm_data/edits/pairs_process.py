"""Looking for likely pairs in a process of its own: whoever uses the CRM meanwhile waits for nothing.
It reads the address of the CRM database from stdin, and says in lines of JSON how far it is, and at the end
which pairs there are, or what is the matter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import astuple
from typing import Any

from sqlalchemy import Engine

from crm_data.edits.pairs import LikelyPair, likely_pairs
from crm_data.engine import ROOT, CrmUnavailable, connect, reported
from crm_data.importers.errors import ImportStopped
from crm_data.progress import Progress


def look_for_pairs(engine: Engine, progress: Progress) -> list[LikelyPair]:
    """The likely pairs of the CRM's contacts, the likeliest first. What `progress` raises ends it.

    Raises CrmUnavailable.
    """
    command = [sys.executable, "-c", "from crm_data.edits.pairs_process import main; main()"]
    address = engine.url.render_as_string(hide_password=False)
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    with (
        tempfile.TemporaryDirectory(prefix="pairs") as room,  # its files go, even if it is killed
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": room}, **pipes) as process,
    ):
        assert process.stdin
        assert process.stdout
        try:
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(address)
            for line in process.stdout:
                document = json.loads(line)
                if "said" in document:
                    progress(*document["said"])
                elif "problem" in document:
                    raise CrmUnavailable(document["problem"])
                else:
                    pairs = document["pairs"]
                    return [LikelyPair(one, other, score, tuple(why)) for one, other, score, why in pairs]
        except BaseException:
            process.kill()
            raise
    raise CrmUnavailable("The comparison ended too early; there may be no memory or disk left for it.")


def main() -> None:
    with suppress(AttributeError):  # there is no such thing on Windows
        os.nice(10)
    engine = connect(sys.stdin.read())
    try:
        with reported(engine), engine.connect() as connection:
            found = likely_pairs(connection, lambda *said: _say({"said": said}))
    except (CrmUnavailable, ImportStopped) as problem:
        _say({"problem": str(problem)})
    else:
        _say({"pairs": [astuple(one) for one in found]})


def _say(document: object) -> None:
    print(json.dumps(document), flush=True)
