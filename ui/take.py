"""Taking the rows behind a number away. A few are made on the click; many are prepared first, and one sees
how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO

import streamlit as st

import kpis
from kpis import Question, Rows, Which
from ui.download import SHEET, Kept, Progress, csv_file, made, xlsx_file
from ui.page import Page

_AT_ONCE = 20_000  # rows that take about a second
_PREPARED = "prepared-rows"
Write = Callable[[Iterable[Rows], IO[bytes], Progress], None]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS: tuple[tuple[str, str, str, Write], ...] = (
    ("CSV", "csv", "text/csv", csv_file),
    ("Excel", "xlsx", _EXCEL, xlsx_file),
)


def take_away(page: Page, question: Question, which: Which, total: int) -> None:
    """A button for each kind of file."""
    name = f"{question.kpis[0]}_{question.period.start}_{question.period.end}"
    wanted = f"{page.copy.state.version} {question!r} {which}"
    for words, ending, kind, write in _KINDS:
        rows = min(total, SHEET) if ending == "xlsx" else total
        label = f"{page.formats.number(rows)} rows ({words})"
        file = f"{name}.{ending}"
        if total <= _AT_ONCE:
            st.download_button(
                f"Download {label}",
                data=lambda write=write: _bytes(page, question, which, write),  # type: ignore[misc]
                file_name=file,
                mime=kind,
                on_click="ignore",
                key=f"download-{ending}",
            )
            continue
        _prepare(page, question, which, (f"{wanted} {ending}", label, file, kind), write)


def _bytes(
    page: Page,
    question: Question,
    which: Which,
    write: Write,
) -> bytes:
    with made(write, kpis.stream(page.copy, question, which)) as file:
        return file.read()


def _prepare(
    page: Page,
    question: Question,
    which: Which,
    described: tuple[str, str, str, str],
    write: Write,
) -> None:
    """First the file on disk, with progress; then the button that hands it over."""
    wanted, label, name, kind = described
    ready = st.session_state.get(_PREPARED)
    ending = name.rpartition(".")[2]
    if ready is None or ready[0] != wanted:
        if not st.button(f"Prepare {label}", key=f"prepare-{ending}"):
            return
        bar = st.progress(0.0, text=f"Writing {label} …")

        def tell(share: float) -> None:
            bar.progress(share, text=f"Writing {label} …")

        with made(write, kpis.stream(page.copy, question, which), tell) as file:
            ready = (wanted, Kept(file))
        bar.empty()
        st.session_state[_PREPARED] = ready
    st.download_button(
        f"Download {label}",
        data=ready[1].read,
        file_name=name,
        mime=kind,
        on_click="ignore",
        key=f"download-{ending}",
    )
