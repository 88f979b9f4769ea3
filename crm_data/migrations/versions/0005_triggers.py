"""Changes by any process are noticed."""

from crm_data.migrations import triggers

revision = "0005"
down_revision = "0004"

RECORDS = [
    "regions",
    "teams",
    "users",
    "products",
    "targets",
    "exchange_rates",
    "silence_thresholds",
    "alert_rules",
    "alert_events",
    "accounts",
    "account_history",
    "memberships",
    "contacts",
    "loyalty",
    "loyalty_points",
    "campaigns",
    "spend",
    "leads",
    "campaign_members",
    "emails",
    "web_traffic",
    "social_mentions",
    "opportunities",
    "opportunity_history",
    "touches",
    "quotes",
    "invoices",
    "invoice_lines",
    "payments",
    "cases",
    "case_reopenings",
    "case_comments",
    "activities",
    "articles",
    "article_views",
    "surveys",
    "survey_invitations",
    "survey_answers",
]


def upgrade() -> None:
    triggers.create_functions()
    for table in RECORDS:
        triggers.watch(table)
    triggers.watch_organisation()
    triggers.keep_history(
        "accounts", "account_history", "account_id", ("segment", "industry", "region_id", "owner_id")
    )
    triggers.keep_history(
        "opportunities",
        "opportunity_history",
        "opportunity_id",
        ("stage", "amount", "currency", "probability", "owner_id", "expected_close"),
    )


def downgrade() -> None:
    triggers.forget_history("opportunities", "opportunity_history")
    triggers.forget_history("accounts", "account_history")
    triggers.unwatch_organisation()
    for table in RECORDS:
        triggers.unwatch(table)
    triggers.drop_functions()
