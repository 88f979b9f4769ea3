"""The five reports: which questions each answers, in which order."""

from __future__ import annotations

from kpis.reports.scope import Split
from kpis.reports.section import Report
from kpis.reports.sections import Breakdown, Comments, Concentration, Largest, Standing, Waterfall

SALES = Report(
    "sales",
    "Sales performance",
    "What was won, by whom and where, and what made the difference?",
    ("revenue_won", "win_rate"),
    (
        Standing(
            "Results",
            (
                "revenue_won",
                "deals_won",
                "win_rate",
                "average_deal",
                "sales_cycle_median",
                "open_pipeline",
            ),
            said=6,
            curve="revenue_won",
            why=(Split("revenue_won", "region"), Split("win_rate", "team"), Split("open_pipeline", None)),
        ),
        Waterfall("Why revenue changed, by region", Split("revenue_won", "region")),
        Waterfall("Why revenue changed, by product", Split("revenue_won", "product")),
        Breakdown(
            "Regions",
            "region",
            ("revenue_won", "deals_won", "win_rate", "average_deal", "sales_cycle_median", "open_pipeline"),
        ),
        Breakdown(
            "Representatives",
            "owner",
            ("revenue_won", "deals_won", "win_rate", "average_deal", "sales_cycle_median"),
            shown=15,
        ),
        Breakdown("Products", "product", ("revenue_won", "deals_won", "win_rate", "average_deal")),
        Breakdown("Reasons of wins", "close_reason", ("deals_won", "revenue_won")),
        Largest("Largest deals won", "revenue_won", reason="close_reason"),
    ),
)

_LOSSES = ("churn_rate", "churn_revenue", "customers_lost", "revenue_lost", "active_customers")

CHURN = Report(
    "churn",
    "Churn",
    "Whom did we lose, how much went with them, and why?",
    ("churn_rate", "revenue_lost"),
    (
        Standing(
            "Losses",
            (
                "churn_rate",
                "customers_lost",
                "revenue_lost",
                "churn_revenue",
                "grr",
                "nrr",
                "active_customers",
                "mrr",
                "churn_monthly",
                "reactivated",
                "untouched_customers",
            ),
            said=8,
            curve="customers_lost",
            why=(
                Split("churn_rate", "segment"),
                Split("active_customers", None),
                Split("mrr", None),
            ),
        ),
        Breakdown("Reasons", "lost_reason", ("customers_lost", "revenue_lost")),
        Waterfall("Why the churn rate changed, by segment", Split("churn_rate", "segment")),
        Breakdown("Segments", "segment", _LOSSES),
        Breakdown("Regions", "region", _LOSSES),
        Breakdown("Plans", "plan", _LOSSES),
        Breakdown("Company sizes", "size", _LOSSES),
        Largest(
            "Largest losses", "revenue_lost", details=("Segment", "Owner"), reason="lost_reason", limit=15
        ),
    ),
)

CAMPAIGNS = Report(
    "campaigns",
    "Campaign performance",
    "What did marketing spend, and what came of it?",
    ("cac", "campaign_roi"),
    (
        Standing(
            "Results",
            (
                "spend_paid",
                "leads_created",
                "cost_per_lead",
                "lead_conversion",
                "cac",
                "revenue_attributed",
                "campaign_roi",
                "lead_to_opportunity",
                "lead_response",
                "new_customers",
                "cac_loaded",
            ),
            said=7,
            curve="leads_created",
            why=tuple(Split(kpi, "channel") for kpi in ("cost_per_lead", "lead_conversion", "cac")),
        ),
        Waterfall("Why the acquisition cost changed, by channel", Split("cac", "channel")),
        Waterfall("Why attributed revenue changed, by campaign", Split("revenue_attributed", "campaign")),
        Breakdown(
            "Channels",
            "channel",
            (
                "spend_paid",
                "leads_created",
                "cost_per_lead",
                "lead_conversion",
                "cac",
                "revenue_attributed",
                "campaign_roi",
            ),
        ),
        Breakdown(
            "Campaigns",
            "campaign",
            (
                "revenue_attributed",
                "spend_paid",
                "campaign_roi",
                "leads_created",
                "cost_per_lead",
                "lead_conversion",
            ),
            shown=20,
        ),
        Standing(
            "E-mail",
            (
                "emails_sent",
                "email_delivered",
                "email_opened",
                "email_clicked",
                "email_unsubscribed",
                "email_bounced",
            ),
            said=4,
            curve="email_opened",
        ),
        Breakdown(
            "E-mail by campaign",
            "campaign",
            ("emails_sent", "email_delivered", "email_opened", "email_clicked", "email_unsubscribed"),
        ),
        Standing("Web", ("web_sessions", "web_conversions", "web_conversion"), curve="web_sessions"),
        Breakdown("Web sources", "web_source", ("web_sessions", "web_conversions", "web_conversion")),
    ),
)

SEGMENTS = Report(
    "segments",
    "Segmentation",
    "Who are our customers, and what is each kind of them worth?",
    ("active_customers", "cltv"),
    (
        Standing(
            "All customers",
            (
                "active_customers",
                "mrr",
                "gross_margin",
                "cltv",
                "churn_rate",
                "nrr",
                "repeat_purchase",
                "csat",
                "engagement",
                "loyalty_engagement",
                "new_customers",
            ),
            said=7,
            curve="active_customers",
            why=(Split("gross_margin", "segment"), Split("cltv", None)),
        ),
        *(
            Breakdown(
                title,
                by,
                ("active_customers", "revenue_won", "mrr", "gross_margin", "churn_rate", "cltv", "csat"),
            )
            for title, by in (
                ("Segments", "segment"),
                ("Industries", "industry"),
                ("Company sizes", "size"),
                ("Regions", "region"),
            )
        ),
        Waterfall("Why the margin changed, by segment", Split("gross_margin", "segment")),
        Concentration("Concentration of revenue", "revenue_won"),
        Concentration("Concentration of margin", "gross_margin"),
    ),
)

SATISFACTION = Report(
    "satisfaction",
    "Customer satisfaction",
    "How content are our customers, with what, and how do we know?",
    ("csat", "csat_response"),
    (
        Standing(
            "Results",
            ("csat", "csat_response", "cases_opened"),
            curve="csat",
            why=(Split("csat", "segment"), Split("csat", "team")),
        ),
        Waterfall("Why satisfaction changed, by team", Split("csat", "team")),
        Breakdown("Segments", "segment", ("csat", "csat_response", "cases_opened")),
        Breakdown("Teams", "team", ("csat", "csat_response", "cases_opened")),
        Breakdown("Agents", "owner", ("csat", "csat_response", "cases_opened"), shown=15),
        Breakdown("Products", "product", ("csat", "csat_response", "cases_opened")),
        Breakdown("Causes", "cause", ("cases_opened",)),
        Comments("Recent comments", "csat"),
    ),
)

REPORTS = {one.name: one for one in (SALES, CHURN, CAMPAIGNS, SEGMENTS, SATISFACTION)}
