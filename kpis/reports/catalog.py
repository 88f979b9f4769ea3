"""The five reports: which questions each answers, in which order."""

from __future__ import annotations

from kpis.drill import MISSED
from kpis.reports.scope import Split
from kpis.reports.section import Report
from kpis.reports.sections import (
    Breakdown,
    Comments,
    Concentration,
    Groups,
    Largest,
    Retention,
    Standing,
    Waterfall,
)

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
                "quota_attainment",
                "deals_won",
                "deals_lost",
                "win_rate",
                "win_rate_value",
                "average_deal",
                "sales_cycle_median",
                "revenue_invoiced",
            ),
            said=8,
            curve="revenue_won",
            why=(Split("revenue_won", "region"), Split("win_rate", "team")),
        ),
        Standing(
            "Pipeline",
            (
                "open_pipeline",
                "weighted_pipeline",
                "pipeline_coverage",
                "slip_rate",
                "quote_acceptance",
                "open_deals",
                "invoices_overdue",
                "dso",
            ),
            said=5,
            curve="open_pipeline",
            why=(Split("open_pipeline", None),),
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
            ("revenue_won", "quota_attainment", "deals_won", "win_rate", "average_deal", "open_pipeline"),
            shown=15,
        ),
        Breakdown(
            "Products",
            "product",
            ("revenue_won", "quota_attainment", "deals_won", "win_rate", "average_deal"),
        ),
        Breakdown("Stages", "stage", ("open_pipeline", "open_deals", "stage_conversion", "time_in_stage")),
        Breakdown("Reasons of wins", "close_reason", ("deals_won", "revenue_won")),
        Breakdown("Reasons of losses", "close_reason", ("deals_lost",)),
        Largest("Largest deals won", "revenue_won", reason="close_reason"),
        Largest("Largest deals lost", "win_rate_value", MISSED, reason="close_reason"),
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
        Retention("Who stays"),
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
        Groups("Recency, frequency and value"),
        Concentration("Concentration of revenue", "revenue_won"),
        Concentration("Concentration of margin", "gross_margin"),
    ),
)

SATISFACTION = Report(
    "satisfaction",
    "Customer satisfaction",
    "How content are our customers, with what, and how do we know?",
    ("csat", "nps"),
    (
        Standing(
            "What customers say",
            ("csat", "nps", "ces", "csat_response", "nps_response", "ces_response"),
            said=4,
            curve="csat",
            why=(Split("csat", "segment"), Split("csat", "team"), Split("nps", "segment")),
        ),
        Standing(
            "What they met with",
            (
                "cases_opened",
                "backlog",
                "resolution_time",
                "sla_kept",
                "first_contact_resolution",
                "response_kept",
                "reopened_rate",
                "cases_closed",
            ),
            said=6,
            curve="sla_kept",
            why=(Split("sla_kept", "team"),),
        ),
        Waterfall("Why satisfaction changed, by team", Split("csat", "team")),
        Waterfall("Why satisfaction changed, by product", Split("csat", "product")),
        Breakdown(
            "Segments", "segment", ("csat", "nps", "ces", "resolution_time", "sla_kept", "cases_opened")
        ),
        Breakdown("Teams", "team", ("csat", "nps", "ces", "resolution_time", "sla_kept", "cases_opened")),
        Breakdown(
            "Agents",
            "owner",
            ("csat", "csat_response", "resolution_time", "sla_kept", "first_contact_resolution"),
            shown=15,
        ),
        Breakdown("Products", "product", ("csat", "nps", "resolution_time", "sla_kept", "cases_opened")),
        Breakdown(
            "Causes", "cause", ("cases_opened", "resolution_time", "sla_kept", "first_contact_resolution")
        ),
        Comments("Recent comments", "csat"),
    ),
)

REPORTS = {one.name: one for one in (SALES, CHURN, CAMPAIGNS, SEGMENTS, SATISFACTION)}
