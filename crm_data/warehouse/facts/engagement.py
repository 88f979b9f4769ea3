"""How customers and we keep in touch: the communication log, and the loyalty programme."""

from sqlalchemy import Column, String

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, flags, numbers

# One entry of the communication log. account: its own, else its contact's, deal's or case's.
# with_customer: 1 where the account was a customer on that day. owner: who of us did it. region: the
# account's, else the owner's.
activities = fact(
    "activities",
    *days("day"),
    *flags("with_customer"),
    *dimensions(*CUSTOMER, "owner", "team", "activity", "direction"),
)

# A customer, for as long as the last entry of the communication log lies 90 days or more back. id is
# the account's. start_reason: quiet (the 90 days are over), or that of its customer's span; end_reason:
# touched, or that of its customer's span.
quiet_spells = fact(
    "quiet_spells",
    *days("start_day", "end_day"),
    *dimensions(*CUSTOMER, "owner", "team", "plan", "start_reason", "end_reason"),
)

# A member of the loyalty programme, for as long as the account's dimensions stay the same. id is the
# membership's. start_reason: new, moved; end_reason: left, moved.
loyalty_spells = fact(
    "loyalty_spells",
    *days("start_day", "end_day"),
    Column("bad", String),
    *dimensions(*CUSTOMER, "owner", "team", "tier", "start_reason", "end_reason"),
)

# Points credited (earned) or spent (redeemed); the other one is 0. tier: the member's, as of today.
loyalty_points = fact(
    "loyalty_points",
    *days("day"),
    *numbers("earned", "redeemed"),
    *dimensions(*CUSTOMER, "owner", "team", "tier"),
)
