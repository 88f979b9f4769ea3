"""A page with every card of the kit, for tests only."""

from ui import board, shell
from ui.cards import Breakdown, Funnel, Heat, Leaderboard, Listing, Map, Row, Tiles, Trend

page = shell.page("Gallery")
shell.heading(page, "Gallery")
board.draw(
    page,
    Tiles("revenue_won", "deals_won", "win_rate", "cac"),
    Row(
        Trend("revenue_won", title="Revenue by month"),
        Funnel("From lead to customer", stages=("deals_won", "new_customers")),
    ),
    Row(Breakdown("revenue_won", by="owner", top=3), Breakdown("win_rate", by="industry")),
    Leaderboard("Representatives", by="owner", kpis=("revenue_won", "win_rate", "cac"), top=5),
    Heat("Win rate by segment and region", "win_rate", "segment", "region"),
    Heat("Cases by cause", "cases_opened", "cause"),
    Heat("Cases by the two commonest causes", "cases_opened", "cause", top=2),
    Funnel("Pipeline", kpi="open_pipeline", by="stage", steps=False),
    Map("active_customers"),
    Listing("revenue_won", top=4),
)
