"""What marketing brings: leads, campaigns and their return, cost, e-mails, the web and what people say."""

from ui import board, shell
from ui.cards import Breakdown, Leaderboard, Row, Steps, Tiles, Trend

page = shell.page("Marketing")
shell.heading(page, "Marketing")

board.draw(
    page,
    Tiles("leads_created", "cost_per_lead", "lead_response", "lead_response_time", "lead_conversion"),
    Tiles("cac", "cac_loaded", "revenue_of_campaigns", "campaign_roi", "touch_to_win"),
    Row(
        Steps(
            "From lead to customer",
            "Leads",
            ("leads_answered", "lead_to_opportunity", "lead_conversion"),
            ("Answered", "Deal opened", "Customer"),
            "The same leads, each judged 90 days after it was created. Some deals are opened unanswered.",
        ),
        Trend("leads_created"),
        Trend("lead_conversion"),
    ),
    Leaderboard(
        "Campaigns",
        by="campaign",
        kpis=(
            "spend_of_campaigns",
            "leads_created",
            "cost_per_lead",
            "revenue_of_campaigns",
            "campaign_roi",
            "campaign_response",
        ),
        top=12,
    ),
    Row(
        Breakdown("spend_paid", by="channel"),
        Breakdown("cac", by="channel"),
        Breakdown("revenue_attributed", by="channel"),
    ),
    Row(
        Steps(
            "E-mails",
            "Sent",
            ("email_delivered", "email_opened", "email_clicked", "email_unsubscribed"),
            ("Delivered", "Opened", "Clicked", "Unsubscribed"),
            "Parts of the e-mails sent; the rates beside are of those delivered.",
        ),
        Trend("email_opened"),
        Trend("email_clicked"),
    ),
    Leaderboard(
        "Mailings",
        by="campaign",
        kpis=(
            "emails_sent",
            "email_delivered",
            "email_opened",
            "email_clicked",
            "email_unsubscribed",
            "email_bounced",
        ),
        top=6,
    ),
    Row(
        Trend("web_sessions"),
        Trend("web_conversion"),
        Leaderboard("Web sources", by="web_source", kpis=("web_sessions", "web_conversion")),
    ),
    Row(
        Trend("social_mentions"),
        Trend("social_sentiment"),
        Leaderboard("Networks", by="network", kpis=("social_mentions", "social_sentiment")),
    ),
)
