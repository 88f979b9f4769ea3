"""Leads, costs, what campaigns brought, mails, the web and what people say in public."""

from sqlalchemy import Column, Integer

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, flags, numbers

# One lead. opportunity_day: first deal opened from it, on or after the lead's creation. customer_day:
# first purchase, on or after it, of the account it became. response_day, response_seconds: the first
# response, and the working time that passed until then (negative where it is dated before).
leads = fact(
    "leads",
    *days("created_day", "response_day", "opportunity_day", "customer_day"),
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

# What one campaign and channel have earned of one won deal. id is the deal's. Its touches are those of
# the deal itself, of its lead and of its account (but not of another deal) in the 365 days up to the day
# it was won. The first and the last get 40 % each, those between share 20 %; two get half each. Cents go
# by the largest remainder, so that a deal's rows add up to its amount. amount_cents NULL: the deal has
# none. touches: how many of the deal's they were. lag_days: from the first of them to the win.
# campaign and channel: the touch's, the channel else its campaign's; "(unattributed)", lag NULL and
# touches 0 where the deal has no touch; campaign NULL where a touch belongs to none. Others: the deal's.
attributions = fact(
    "attributions",
    *days("won_day"),
    *numbers("amount_cents", "touches", "lag_days"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "campaign"),
)

# A person whom a campaign addressed: a contact or a lead. responded_day: of the response. channel: the
# campaign's. account, country, segment, region: the contact's account's on that day, else the lead's;
# region else the campaign's.
campaign_members = fact(
    "campaign_members",
    *days("joined_day", "responded_day"),
    *dimensions("account", "region", "country", "segment", "channel", "campaign"),
)

# One mail to one contact, each flag 0/1.
emails = fact(
    "emails",
    *days("sent_day"),
    Column("contact", Integer),
    *flags("delivered", "opened", "clicked", "unsubscribed", "bounced"),
    *dimensions("account", "region", "country", "segment", "channel", "campaign"),
)

# The sessions of one day, source and country. region: the one that the country lies in, if just one does.
web_traffic = fact(
    "web_traffic",
    *days("day"),
    *numbers("sessions", "conversions"),
    *dimensions("region", "country", "web_source"),
)

# One mention in public. sentiment: -1 … 1 in hundredths, NULL where nobody judged it. reach: how many
# people may have seen it.
social_mentions = fact(
    "social_mentions",
    *days("day"),
    *numbers("sentiment_hundredths", "reach"),
    *dimensions("network", "campaign", "product", "family"),
)
