"""Leads, costs and mails."""

from sqlalchemy import Column, Integer

from crm_data.warehouse.facts.base import days, dimensions, fact, flags, numbers

# One lead. opportunity_day: first deal opened from it. customer_day: first purchase, on or after the
# lead's creation, of the account it became. response_seconds: creation to first response.
leads = fact(
    "leads",
    *days("created_day", "opportunity_day", "customer_day"),
    *numbers("response_seconds"),
    *dimensions("region", "country", "segment", "channel", "owner", "team", "campaign", "lead_status"),
)

# One dated cost of acquisition. channel and region: its own, else its campaign's, else NULL.
spend = fact(
    "spend",
    *days("day"),
    *numbers("amount_cents"),
    *dimensions("region", "channel", "campaign", "spend_kind"),
)

# One mail to one contact, each flag 0/1.
emails = fact(
    "emails",
    *days("sent_day"),
    Column("contact", Integer),
    *flags("delivered", "opened", "clicked", "unsubscribed", "bounced"),
    *dimensions("account", "region", "country", "segment", "channel", "campaign"),
)
