"""Colours that charts need as values. Text and boxes take theirs from the style sheets."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Palette:
    accent: str
    ink: str
    muted: str
    line: str
    paper: str
    land: str
    ramp: tuple[str, ...]  # from little to much
    slices: tuple[str, ...]
    rest: str  # the slice of all others


LIGHT = Palette(
    accent="#4f5bd5",
    ink="#1a2233",
    muted="#5b6475",
    line="#e3e6eb",
    paper="#ffffff",
    land="#eceef2",
    ramp=("#d5d9f8", "#a9b0ee", "#7c86e2", "#4f5bd5", "#2c3596"),
    slices=("#4f5bd5", "#0e8a92", "#c77d0a", "#8a5cc2", "#4d7fb8", "#b0567e"),
    rest="#9aa3b2",
)
DARK = Palette(
    accent="#8b95f2",
    ink="#e6e9ef",
    muted="#a0a8b8",
    line="#2a303c",
    paper="#0f131b",
    land="#222834",
    ramp=("#343c7d", "#4f5bb8", "#6f7be0", "#98a1f4", "#cfd4ff"),
    slices=("#8b95f2", "#35b5bd", "#e0a343", "#b18be3", "#7aa8dc", "#dc8fb0"),
    rest="#7d8798",
)


def palette() -> Palette:
    """The colours of the theme that the viewer sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT
