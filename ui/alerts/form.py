"""The form of a rule. What it would have done stands below it before it is saved."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from crm_data.alerts import Overtaken, Rule, read_rules, save
from crm_data.edits import actor
from crm_data.engine import CrmUnavailable, reported
from kpis import DEFINITIONS, DIMENSIONS, Better, Question, Unit
from kpis.alerts import words
from kpis.chance import has_margin
from kpis.members import read_member, written
from kpis.model import Definition
from kpis.period import COMPARISONS, PRESETS
from ui import cache
from ui.alerts.tested import tested
from ui.escape import label, markdown
from ui.links import go, link
from ui.page import Page
from ui.view import filters

_WHOLE = "Everything together"
_BASES = {"level": "Its value", "change": "Its change"}
_SIDES = {"above": "above the limit", "below": "below the limit"}


def form(page: Page) -> None:
    """The rule that the URL names, or a new one for the KPI that it names."""
    rule = _named(page)
    if rule is None:
        st.markdown('<div class="why">This rule is no longer there.</div>', unsafe_allow_html=True)
        return
    with st.container(border=True, key="card-rule", gap="small"):
        st.markdown(
            f'<div class="titled">{"Change the rule" if rule.id else "New rule"}</div>',
            unsafe_allow_html=True,
        )
        drafted = _fields(page, rule)
        tested(page, drafted)
        with st.container(key="save", horizontal=True, gap="small", vertical_alignment="center"):
            if st.button("Save rule", type="primary", key="save-rule"):
                _save(drafted, page)
            link("alerts", "Cancel", {})


def _named(page: Page) -> Rule | None:
    if page.view.rule:
        engine = cache.crm()
        with reported(engine), engine.connect() as crm:
            return next((one for one in read_rules(crm) if one.id == page.view.rule), None)
    kpi = DEFINITIONS.get(page.view.kpi or "") or next(iter(DEFINITIONS.values()))
    period = page.view.period if page.view.period in PRESETS else "month"
    filters = tuple((key, members) for key, members in page.view.everything if key in kpi.dimensions)
    window = page.calendar.preset(period, page.today)
    (reading,) = page.ask(Question((kpi.key,), window, page.today, where=filters))[0]
    goal = reading.goal
    limit = (goal.floor or goal.target) if goal else reading.value or 0.0
    side = "above" if kpi.better is Better.DOWN else "below"
    return Rule(
        "",
        kpi.key,
        _rounded(limit),
        comparison=side,
        period=period,
        filters=filters,
        smallest_n=30 if has_margin(kpi) else 0,
        sure=has_margin(kpi),
    )


def _rounded(limit: float) -> float:
    """Three digits are enough for a proposal."""
    return float(f"{limit:.3g}")


def _fields(page: Page, rule: Rule) -> Rule:
    """The rule as the fields have it. What a field offers depends on the KPI, so its key does, too."""
    who = str(rule.id or rule.kpi)
    with st.container(key="fields"):
        keys = list(DEFINITIONS)
        kpi = st.selectbox(
            "Number",
            keys,
            index=keys.index(rule.kpi) if rule.kpi in keys else 0,
            format_func=lambda key: DEFINITIONS[key].label,
            key=f"field-{who}-kpi",
            on_change=_other_kpi if not rule.id else None,
            args=(f"field-{who}-kpi", rule.kpi) if not rule.id else (),
        )
        definition, who = DEFINITIONS[kpi], f"{who}-{kpi}"
        basis = _pick("Alert on", _BASES, rule.basis, f"field-{who}-basis")
        comparison = _pick("When", _SIDES, rule.comparison, f"field-{who}-side")
        threshold = _limit(page, definition, basis, rule, who)
        period = _pick("Period", PRESETS, rule.period, f"field-{who}-period")
        against = rule.against
        if basis == "change":
            earlier = {key: label for key, label in COMPARISONS.items() if key != "none"}
            against = _pick("Compared with", earlier, rule.against, f"field-{who}-against")
        known = {"": _WHOLE} | {key: f"Each {DIMENSIONS[key].label.lower()}" for key in definition.dimensions}
        dimension = _pick("For", known, rule.dimension or "", f"field-{who}-dimension") or None
        smallest = st.number_input(
            "Fewest rows", min_value=0, value=rule.smallest_n, step=1, key=f"field-{who}-n"
        )
    filters = _filters(page, definition, rule, who)
    sure = rule.sure
    if has_margin(definition):
        words_of_it = "Only when the whole margin of error is beyond the limit"
        sure = st.checkbox(words_of_it, value=rule.sure, key=f"field-{who}-sure")
    asked = replace(
        rule,
        kpi=kpi,
        basis=basis,
        comparison=comparison,
        threshold=threshold,
        period=period,
        against=against,
        dimension=dimension,
        filters=filters,
        smallest_n=int(smallest),
        sure=sure and has_margin(definition),
    )
    proposed = f"{words.label(kpi)} {words.limit(page.formats, asked)}"
    name = st.text_input(
        "Name", value=rule.name, placeholder=proposed, max_chars=200, key=f"field-{who}-name"
    )
    return replace(asked, name=name.strip() or proposed[:200])


def _other_kpi(key: str, drawn: str) -> None:
    """Another number for a new rule is another page: limit, dimensions and filters follow it.

    A browser that has gone on to another rule may still report the field it has left, unchanged.
    """
    if st.session_state[key] != drawn:
        st.query_params.from_dict({"kpi": st.session_state[key]})


def _pick(label: str, options: dict[str, str], value: str, key: str) -> str:
    listed = list(options)
    index = listed.index(value) if value in options else 0
    return str(st.selectbox(label, listed, index=index, format_func=lambda one: options[one], key=key))


def _limit(page: Page, kpi: Definition, basis: str, rule: Rule, who: str) -> float:
    """In the unit that the number is shown in; shares and changes in percent."""
    percent = basis == "change" or kpi.unit is Unit.SHARE
    units = {Unit.MONEY: page.formats.currency, Unit.DAYS: "days", Unit.HOURS: "hours"}
    unit = "%" if percent else units.get(kpi.unit, "")
    there = rule.threshold if basis == rule.basis else (-0.1 if rule.comparison == "below" else 0.1)
    factor = 100 if percent else 1
    given = st.number_input(
        f"Limit ({unit})" if unit else "Limit",
        value=float(round(there * factor, 6)),
        format="%g",
        key=f"field-{who}-{basis}-limit",
    )
    return float(given) / factor


def _filters(page: Page, kpi: Definition, rule: Rule, who: str) -> tuple[tuple[str, tuple[object, ...]], ...]:
    """The page's filters, where the KPI has them; those that the rule has beside them are kept."""
    given = dict(rule.filters)
    kept = {key: members for key, members in given.items() if key not in filters() and key in kpi.dimensions}
    offered = [key for key in filters() if key in kpi.dimensions]
    if not offered:
        return tuple(kept.items())
    with st.expander("Only a part of it", expanded=bool(rule.filters)):
        for dimension in offered:
            chosen = given.get(dimension, ())
            members = {
                written(one): page.formats.member(dimension, one)
                for one in (*page.copy.members(dimension), *chosen)
            }
            picked = st.multiselect(
                label(DIMENSIONS[dimension].label),
                list(members),
                default=[written(one) for one in chosen],
                format_func=members.__getitem__,
                placeholder="All",
                key=f"field-{who}-{dimension}",
            )
            if picked:
                kept[dimension] = tuple(read_member(dimension, text) for text in picked)
        for dimension in kept:
            if dimension not in filters():
                st.caption(markdown(f"Also only one {DIMENSIONS[dimension].label.lower()}, as in the link."))
    return tuple(kept.items())


def _save(rule: Rule, page: Page) -> None:
    engine = cache.crm()
    try:
        with reported(engine):
            save(engine, rule, actor())
    except (Overtaken, CrmUnavailable) as problem:
        st.error(markdown(problem))
        return
    cache.alerts_changed()
    go("alerts", {})
