"""Whether customers are served well: the queue, promises kept, causes, what customers say, self-service."""

from ui import board, shell
from ui.cards import Against, Bands, Breakdown, Estimates, Heat, Leaderboard, Row, Tiles, Trend, Waiting

page = shell.page("Service")
shell.heading(page, "Service")

board.draw(
    page,
    Tiles("backlog", "backlog_age", "cases_opened", "cases_closed", "sla_kept"),
    Tiles("response_kept", "response_time", "resolution_time", "first_contact_resolution", "reopened_rate"),
    Row(
        Against("cases_opened", "cases_closed", "Cases opened against closed"),
        Trend("backlog"),
        Trend("sla_kept"),
    ),
    Waiting("backlog_age", "Oldest open cases", top=8),
    Row(
        Bands(
            "Open cases by age",
            "backlog",
            ("backlog_1", "backlog_3", "backlog_7", "backlog_30", "backlog_older"),
        ),
        Leaderboard("Open cases by priority", by="priority", kpis=("backlog", "backlog_age", "backlog_old")),
    ),
    Leaderboard("Open cases by team", by="team", kpis=("backlog", "backlog_age", "backlog_old")),
    Leaderboard(
        "Causes",
        by="cause",
        kpis=("cases_opened", "resolution_time", "sla_kept", "reopened_rate", "csat"),
    ),
    Row(
        Breakdown("cases_opened", by="product"),
        Breakdown("cases_opened", by="case_channel"),
        Heat("Resolved in time, by team and priority", "sla_kept", rows="team", columns="priority"),
    ),
    Tiles("csat", "nps", "ces", "csat_response", "nps_response"),
    Row(
        Estimates("Satisfaction by segment", "csat", "segment", "csat_response"),
        Estimates("Satisfaction by agent", "csat", "owner", "csat_response"),
    ),
    Row(Trend("csat"), Trend("nps"), Trend("ces")),
    Tiles("article_views", "article_helpful", "self_service"),
    Row(
        Leaderboard("Most read articles", by="article", kpis=("article_views", "article_helpful"), top=8),
        Leaderboard("Articles by category", by="article_category", kpis=("article_views", "article_helpful")),
    ),
    Row(Trend("article_views"), Trend("self_service")),
)
