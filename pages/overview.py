"""The Overview: how we stand, where we are heading, and where it comes from."""

import streamlit as st

from kpis import DEFINITIONS, HEADLINE
from ui import shell
from ui.alerts.strip import strip
from ui.breakdowns import where_from, who_from
from ui.figures import figure
from ui.gauge import Tile, tile
from ui.links import link
from ui.overview import FIGURES, TRENDS, grain_for, questions
from ui.trend import Trend, footnote, heading, trend
from ui.verdict import change

page = shell.page("Overview")
view, formats = page.view, page.formats
shell.heading(page, "Overview")

asked = questions(view, page.calendar, page.today, page.viewer)
answers = dict(zip(asked, page.ask(*asked.values()), strict=True))
now = {one.key: one for one in (*answers["figures"], *answers["now"])}
then = {one.key: one for one in answers.get("then", [])}
moved = {key: change(one, then.get(key), DEFINITIONS[key], formats) for key, one in now.items()}

strip(page, [now[key] for key in HEADLINE])

with st.container(key="tiles"):
    for key in HEADLINE:
        with st.container(border=True, key=f"tile-{key}", gap="xxsmall"):
            link("rows", DEFINITIONS[key].label, view.prove(key))
            course = tuple((cell.value, cell.unfinished) for cell in now[key].cells)
            shown = Tile(DEFINITIONS[key], now[key], moved[key], page.compared_with, course)
            st.markdown(tile(shown, formats), unsafe_allow_html=True)

with st.container(key="figures"):
    for key in FIGURES:
        figure(now[key], moved[key], view, formats)

with st.container(key="trends"):
    earlier = {one.key: one for one in answers.get("trends then", [])}
    for key in TRENDS:
        with st.container(border=True, key=f"card-{key}", gap="xxsmall"):
            link("rows", DEFINITIONS[key].label, view.prove(key))
            series = Trend(
                DEFINITIONS[key], now[key], earlier.get(key), grain_for(page.period), page.compared_with
            )
            drawn = heading(series, moved[key], formats) + trend(series, view, formats, page.calendar)
            st.markdown(drawn, unsafe_allow_html=True)
note = footnote(now[TRENDS[0]], page.calendar, grain_for(page.period))
if note:
    st.markdown(note, unsafe_allow_html=True)

where_from(page, answers["countries"][0], answers["regions"][0], "Revenue won by country", key="countries")
who_from(page, answers)
