"""What numbers are broken down and filtered by. The facts have columns of the same names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    key: str
    label: str
    plural: str
    by_key: bool = False  # the copy holds keys; names come from the CRM database


DIMENSIONS: dict[str, Dimension] = {
    dimension.key: dimension
    for dimension in (
        Dimension("region", "Region", "regions"),
        Dimension("country", "Country", "countries"),
        Dimension("segment", "Segment", "segments"),
        Dimension("industry", "Industry", "industries"),
        Dimension("size", "Company size", "company sizes"),
        Dimension("channel", "Channel", "channels"),
        Dimension("team", "Team", "teams"),
        Dimension("owner", "Owner", "owners", by_key=True),
        Dimension("account", "Account", "accounts", by_key=True),
        Dimension("product", "Product", "products"),
        Dimension("family", "Product family", "product families"),
        Dimension("campaign", "Campaign", "campaigns"),
        Dimension("stage", "Stage", "stages"),
        Dimension("close_reason", "Reason", "reasons"),
        Dimension("lost_reason", "Reason of loss", "reasons of loss"),
        Dimension("spend_kind", "Kind of cost", "kinds of cost"),
        Dimension("basis", "Known from", "bases"),
        Dimension("plan", "Plan", "plans"),
        Dimension("survey", "Survey", "surveys"),
        Dimension("cause", "Cause", "causes"),
        Dimension("priority", "Priority", "priorities"),
        Dimension("case_channel", "Case channel", "case channels"),
        Dimension("activity", "Kind of activity", "kinds of activity"),
        Dimension("direction", "Direction", "directions"),
        Dimension("tier", "Loyalty tier", "loyalty tiers"),
        Dimension("case_kind", "Case or request", "kinds of case"),
        Dimension("article", "Article", "articles", by_key=True),
        Dimension("article_category", "Article category", "article categories"),
        Dimension("lead_status", "Lead status", "lead statuses"),
        Dimension("web_source", "Web source", "web sources"),
        Dimension("network", "Network", "networks"),
    )
}
