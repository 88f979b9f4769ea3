"""The row of filters. The URL is the only state: a control shows what it says and writes to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import streamlit as st

from kpis.dimensions import DIMENSIONS
from kpis.members import read_member, written
from kpis.period import COMPARISONS, PRESETS, Period
from ui.escape import label as as_label
from ui.escape import markdown
from ui.formats import Formats
from ui.links import link
from ui.names import members_in_words
from ui.view import UNFILTERED, View, offers
from ui.view import filters as offered

_CUSTOM = "custom"
_FEW = 15  # so many members are shown at once; more are searched for


class Members(Protocol):
    """Where the members of a dimension are known."""

    def members(self, dimension: str) -> Sequence[object]: ...


def filters(view: View, period: Period, known: Members, formats: Formats, page: str) -> None:
    """Period, comparison, and a chip for each dimension that narrows what the page shows."""
    with st.container(key="filters", horizontal=True, gap="xsmall", vertical_alignment="center"):
        presets = {**PRESETS, _CUSTOM: "Custom period …"}
        _choice("period", "Period", presets, _CUSTOM if view.custom else view.period, period)
        if view.custom:
            _days(period)
        _choice("compare", "Compare with", COMPARISONS, view.compare, period)
        for dimension in offered() if page not in UNFILTERED else ():
            if not offers(page, dimension, view.kpi) and not view.members(dimension):
                continue
            _members(dimension, view, known, formats, period)
        if view.where and page not in UNFILTERED:
            link(page, "Clear", view.query(where=(), page=1))


def changed(view: View, name: str, value: Any, period: Period) -> View:
    """The view after a control took another value."""
    first = replace(view, page=1)
    if name == "compare":
        return replace(first, compare=value)
    if name == "period":
        if value == _CUSTOM:
            return replace(first, custom=period)
        return replace(first, period=value, custom=None)
    if name == "days":
        if len(value) != 2:  # only the first day has been picked so far
            return view
        return replace(first, custom=Period(value[0], value[1] + timedelta(days=1)))
    members = tuple(read_member(name, text) for text in value)
    return replace(first, where=view.filtered(name, members))


def _to_url(name: str, key: str, period: Period) -> None:
    """A callback: it runs before the script, so that the page is drawn from the new URL."""
    view = changed(View.from_url(st.query_params), name, st.session_state[key], period)
    st.query_params.from_dict(view.query())


def _key(name: str) -> str:
    return f"filter-{name}"


def _choice(name: str, label: str, options: dict[str, str], value: str, period: Period) -> None:
    st.session_state[_key(name)] = value
    st.selectbox(
        label,
        list(options),
        key=_key(name),
        format_func=lambda key: options[key],
        on_change=_to_url,
        args=(name, _key(name), period),
        label_visibility="collapsed",
        width=190,
    )


def _days(period: Period) -> None:
    """Its key has the range, so that another range in the URL shows, but a range half chosen stays.

    Who goes back before the page is drawn meets the key again with what was chosen then; the URL is right.
    """
    key = _key(f"days-{period.start}-{period.end}")
    if len(st.session_state.get(key, ())) != 1:
        st.session_state[key] = (period.start, period.end - timedelta(days=1))
    st.date_input(
        "First and last day",
        key=key,
        on_change=_to_url,
        args=("days", key, period),
        label_visibility="collapsed",
        format="YYYY-MM-DD",
        width=270,
    )


def _members(dimension: str, view: View, known: Members, formats: Formats, period: Period) -> None:
    """A chip that opens the members of a dimension. Those in the URL are there even if nobody knows them."""
    chosen = view.members(dimension)
    members = (*known.members(dimension), *chosen)
    words = members_in_words(dimension, members, formats)
    names = {written(member): name for member, name in zip(members, words, strict=True)}
    label = as_label(DIMENSIONS[dimension].label)
    st.session_state[_key(dimension)] = [written(member) for member in chosen]
    with st.popover(_chip(label, [names[written(member)] for member in chosen]), key=f"chip-{dimension}"):
        options: Any = sorted(names, key=lambda text: (text == "~", names[text].casefold()))
        key = _key(dimension)
        shared: Any = {"key": key, "on_change": _to_url, "args": (dimension, key, period)}
        if not options:
            st.caption(f"No {as_label(DIMENSIONS[dimension].plural)} are known yet.")
        elif len(options) <= _FEW:
            st.pills(
                label,
                options,
                selection_mode="multi",
                format_func=lambda text: markdown(names[text]),
                **shared,
            )
        else:
            st.multiselect(label, options, format_func=lambda text: names[text], placeholder="All", **shared)


def _chip(label: str, names: Sequence[str]) -> str:
    if not names:
        return label
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    return f"{label}: **{markdown(names[0])}**{more}"
