"""Taking a report away: as PDF, Excel or CSV, each made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kpis.reports.document import Document
from kpis.reports.flat import as_csv
from kpis.reports.paper import pdf
from kpis.reports.sheet import xlsx
from ui.page import Page

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exports(page: Page, document: Document) -> None:
    """A button for each format."""
    kinds: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("PDF", "pdf", "application/pdf", lambda: pdf(document, page.formats)),
        ("Excel", "xlsx", _EXCEL, lambda: xlsx(document, page.formats)),
        ("CSV", "csv", "text/csv", lambda: as_csv(document)),
    )
    name = f"{document.name}_{document.period.start}_{document.period.end}"
    with st.container(key="exports", horizontal=True, gap="xsmall"):
        for words, ending, kind, make in kinds:
            st.download_button(
                words, make, f"{name}.{ending}", kind, on_click="ignore", key=f"export-{ending}"
            )
