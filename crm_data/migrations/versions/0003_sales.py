"""Deals, from the first touch to the payment."""

import sqlalchemy as sa

from crm_data.migrations.columns import drop, one_of, record, reference
from crm_data.schema.types import Json, Money, UTCDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    record(
        "opportunities",
        sa.Column("name", sa.String(300)),
        reference("account_id", "accounts"),
        reference("contact_id", "contacts"),
        reference("lead_id", "leads"),
        reference("product_id", "products"),
        reference("campaign_id", "campaigns"),
        reference("owner_id", "users"),
        reference("region_id", "regions"),
        sa.Column("channel", sa.String(60)),
        sa.Column("stage", sa.String(60), nullable=False),
        sa.Column("status", sa.String(4), nullable=False),
        sa.Column("amount", Money),
        sa.Column("currency", sa.String(3)),
        sa.Column("probability", sa.Float),
        sa.Column("opened_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("expected_close", sa.Date),
        sa.Column("close_reason", sa.String(120)),
        sa.Column("custom", Json),
        one_of("status", "open", "won", "lost"),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
        sa.CheckConstraint("amount IS NULL OR currency IS NOT NULL", name="amount_has_currency"),
    )
    record(
        "opportunity_history",
        reference("opportunity_id", "opportunities", required=True),
        sa.Column("changed_at", UTCDateTime, nullable=False),
        sa.Column("stage", sa.String(60), nullable=False),
        sa.Column("amount", Money),
        sa.Column("currency", sa.String(3)),
        sa.Column("probability", sa.Float),
        reference("owner_id", "users"),
        sa.Column("expected_close", sa.Date),
    )
    record(
        "touches",
        reference("campaign_id", "campaigns"),
        reference("account_id", "accounts"),
        reference("lead_id", "leads"),
        reference("opportunity_id", "opportunities"),
        sa.Column("channel", sa.String(60)),
        sa.Column("touched_at", UTCDateTime, nullable=False),
    )
    record(
        "quotes",
        reference("opportunity_id", "opportunities"),
        reference("account_id", "accounts"),
        sa.Column("number", sa.String(60)),
        sa.Column("sent_on", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("accepted_on", sa.Date),
        sa.Column("declined_on", sa.Date),
        sa.Column("amount", Money, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
    )
    record(
        "invoices",
        reference("account_id", "accounts", required=True),
        reference("opportunity_id", "opportunities"),
        sa.Column("number", sa.String(60)),
        sa.Column("kind", sa.String(7), nullable=False, server_default="invoice"),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("currency", sa.String(3), nullable=False),
        one_of("kind", "invoice", "credit"),
    )
    record(
        "invoice_lines",
        reference("invoice_id", "invoices", required=True),
        reference("product_id", "products"),
        sa.Column("quantity", sa.Numeric(19, 4, asdecimal=False), nullable=False, server_default="1"),
        sa.Column("amount", Money, nullable=False),
        sa.Column("cost", Money),
        sa.Column("position", sa.Integer, nullable=False, server_default="1"),
    )
    record(
        "payments",
        reference("invoice_id", "invoices", required=True),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("amount", Money, nullable=False),
    )


def downgrade() -> None:
    drop("payments", "invoice_lines", "invoices", "quotes", "touches", "opportunity_history", "opportunities")
