"""Customers: how many there are, whom we win and lose, what they are worth, and where they are."""

from ui import board, shell
from ui.cards import Breakdown, Ledger, Listing, Retention, Rfm, Row, Shares, Sites, Tiles, Trend
from ui.groups import shows_group

page = shell.page("Customers")
shell.heading(page, "Customers")

if not shows_group(page):
    board.draw(
        page,
        Tiles("active_customers", "new_customers", "customers_lost", "churn_rate", "nrr", "cltv"),
        Row(Ledger(), Trend("churn_monthly"), Trend("mrr")),
        Row(Shares("active_customers", by="size"), Shares("active_customers", by="region")),
        Row(
            Breakdown("active_customers", by="industry"),
            Breakdown("churn_rate", by="industry"),
            Breakdown("nrr", by="segment"),
        ),
        Rfm(),
        Retention(),
        Sites(),
        Row(
            Listing(
                "revenue_lost",
                title="Largest customers lost",
                without=(
                    "region",
                    "country",
                    "industry",
                    "size",
                    "channel",
                    "owner",
                    "team",
                    "basis",
                    "plan",
                    "segment",
                ),
            ),
            Breakdown("customers_lost", by="lost_reason"),
        ),
        Tiles(
            "grr",
            "reactivated",
            "engagement",
            "untouched_customers",
            "loyalty_members",
            "redemption_rate",
        ),
        Row(
            Listing(
                "untouched_customers",
                title="Customers not touched for 90 days",
                without=("counts_for", "until", "region", "country", "size"),
                most=4,
            ),
            Breakdown("customer_activities", by="activity"),
        ),
        Row(
            Breakdown("engagement", by="segment"),
            Breakdown("loyalty_members", by="tier"),
            Breakdown("loyalty_engagement", by="tier"),
        ),
    )
