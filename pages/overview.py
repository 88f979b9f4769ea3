"""The Overview: how we stand, where we are heading, and where it comes from."""

import streamlit as st

from kpis import DEFINITIONS, HEADLINE
from ui import shell
from ui.alerts.strip import strip
from ui.breakdowns import where_from, who_from
from ui.figures import figure
from ui.gauge import Tile, linked, tile
from ui.grid import grid
from ui.overview import FIGURES, TRENDS, questions
from ui.trend import Trend, card, footnote
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

tiles = []
for key in HEADLINE:
    course = tuple((cell.value, cell.unfinished) for cell in now[key].cells)
    shown = Tile(DEFINITIONS[key], now[key], moved[key], page.compared_with, course)
    tiles.append(linked(shown, tile(shown, formats), view.prove(key)))
grid("tiles", tiles)

grid("figures", [figure(now[key], moved[key], view, formats) for key in FIGURES])

earlier = {one.key: one for one in answers.get("trends then", [])}
courses = [
    Trend(DEFINITIONS[key], now[key], earlier.get(key), page.grain, page.compared_with) for key in TRENDS
]
grid("trends", [card(one, moved[one.kpi.key], view, formats, page.calendar) for one in courses])
note = footnote(now[TRENDS[0]], page.calendar, page.grain)
if note:
    st.markdown(note, unsafe_allow_html=True)

where_from(page, answers["countries"][0], answers["regions"][0], "Revenue won by country")
who_from(page, answers)
