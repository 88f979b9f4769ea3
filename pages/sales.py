"""What is won and lost, what is still to be won, by whom, and what has been paid of it."""

from kpis import NEWEST
from kpis.stages import stage_order
from ui import board, shell
from ui.cards import Bands, Breakdown, Funnel, Leaderboard, Listing, Map, Row, Tiles, Trend

page = shell.page("Sales")
shell.heading(page, "Sales")
stages = stage_order(page.copy)

board.draw(
    page,
    Tiles(
        *("revenue_won", "quota_attainment", "average_deal"),
        *("win_rate", "win_rate_value", "sales_cycle_median"),
    ),
    Tiles(
        *("deals_opened", "deals_won", "deals_lost"),
        *("open_pipeline", "weighted_pipeline", "pipeline_coverage"),
    ),
    Row(
        Trend("revenue_won"),
        Trend("win_rate"),
        Funnel("Open pipeline by stage", stages, kpi="open_pipeline", steps=False),
    ),
    Leaderboard(
        "Stages",
        by="stage",
        kpis=("open_deals", "open_pipeline", "weighted_pipeline", "stage_conversion", "time_in_stage"),
        members=stages,
    ),
    Leaderboard(
        "Representatives",
        by="owner",
        kpis=(
            *("revenue_won", "quota_attainment", "win_rate"),
            *("deals_lost", "average_deal", "pipeline_coverage"),
        ),
    ),
    Row(
        Leaderboard("Teams", by="team", kpis=("revenue_won", "quota_attainment", "win_rate")),
        Leaderboard("Products", by="product", kpis=("revenue_won", "quota_attainment", "win_rate"), top=5),
    ),
    Map("revenue_won"),
    Row(
        Breakdown("deals_won", by="close_reason", title="Why deals are won"),
        Breakdown("deals_lost", by="close_reason", title="Why deals are lost"),
        Trend("slips"),
    ),
    Listing("slips", title="Latest postponements", order=NEWEST, without=("counts_for",)),
    Tiles("quotes_sent", "quote_acceptance", "revenue_invoiced", "receivables", "invoices_overdue", "dso"),
    Row(Trend("quote_acceptance"), Trend("revenue_invoiced"), Trend("dso")),
    Row(
        Bands(
            "Overdue by age",
            "invoices_overdue",
            ("overdue_30", "overdue_60", "overdue_90", "overdue_older"),
        ),
        Listing(
            "invoices_overdue",
            title="Largest overdue invoices",
            without=("region", "country", "segment", "industry"),
            most=4,
        ),
    ),
)
