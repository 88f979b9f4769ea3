"""What campaigns earned, and who answered them."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cache

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, frame, known, only
from tests.kpis.recompute_marketing import spend_loaded
from tests.kpis.recompute_sales import deals

DEAL = "account region country segment industry size channel owner team product family campaign".split()
MEMBER = "account region country segment channel campaign".split()
LONGEST_AGO = 365  # days before the win
HORIZON = 30  # days to respond
Key = tuple[str | None, str | None]  # campaign and channel
UNATTRIBUTED = "(unattributed)"


def shares(cents: int | None, touches: int) -> list[int | None]:
    """What each touch gets of an amount: 40, 20 and 40 per cent by the largest remainder."""
    if cents is None:
        return [None] * touches
    middle = Fraction(20, 100) / max(touches - 2, 1)
    parts = [Fraction(40, 100), *[middle] * (touches - 2), Fraction(40, 100)]
    if touches <= 2:
        parts = [Fraction(1, touches)] * touches
    exact = [abs(cents) * part for part in parts]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(touches), key=lambda n: (-(exact[n] - whole[n]), n))
    for n in by_remainder[: abs(cents) - sum(whole)]:
        whole[n] += 1
    return [part if cents >= 0 else -part for part in whole]


def _touches(crm: Crm, deal: Row) -> list[Row]:
    """Those of the deal, its lead and its account, but not of another deal; earliest first."""
    won = deal["closed_on"]
    own = []
    for touch in crm.rows["touches"]:
        mine = touch["opportunity_id"] == deal["id"] or (
            touch["opportunity_id"] is None
            and any(touch[key] is not None and touch[key] == deal[key] for key in ("lead_id", "account_id"))
        )
        if mine and 0 <= (won - crm.day(touch["touched_at"])).days <= LONGEST_AGO:
            own.append(touch)
    return sorted(own, key=lambda touch: (touch["touched_at"], touch["id"]))


@cache
def attributions(crm: Crm) -> pd.DataFrame:
    """One row for each won deal, campaign and channel."""
    described = deals(crm).set_index("id")
    rows = []
    for deal in crm.rows["opportunities"]:
        if deal["status"] != "won" or deal["closed_on"] is None:
            continue
        dims = {name: described.at[deal["id"], name] for name in DEAL if name not in ("channel", "campaign")}
        earned = _earned(crm, deal, described.at[deal["id"], "cents"])
        for (campaign, channel), (cents, lag) in earned.items():
            one = {"id": deal["id"], "won": deal["closed_on"], "cents": cents, "lag": lag}
            rows.append(one | dims | {"campaign": campaign, "channel": channel})
    return frame(rows, ["id", "won", "cents", "lag", *DEAL])


def _earned(crm: Crm, deal: Row, cents: int | None) -> dict[Key, tuple[object, object]]:
    touches = _touches(crm, deal)
    if not touches:
        return {(UNATTRIBUTED, UNATTRIBUTED): (cents, None)}
    parts: dict[Key, list[tuple[int | None, int]]] = defaultdict(list)
    for touch, share in zip(touches, shares(cents, len(touches)), strict=True):
        campaign = {} if touch["campaign_id"] is None else crm.lookup["campaigns"][touch["campaign_id"]]
        lag = (deal["closed_on"] - crm.day(touch["touched_at"])).days
        parts[campaign.get("name"), touch["channel"] or campaign.get("channel")].append((share, lag))
    return {
        key: (None if cents is None else sum(share or 0 for share, _ in part), max(lag for _, lag in part))
        for key, part in parts.items()
    }


def of_campaign(name: object) -> bool:
    return name is not None and name != UNATTRIBUTED


def revenue_attributed(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(only(attributions(crm), window.__contains__, "won"), known, "cents")
    return rows.assign(each=rows["cents"], per=1)


def revenue_of_campaigns(crm: Crm, window: Period) -> pd.DataFrame:
    return only(revenue_attributed(crm, window), of_campaign, "campaign")


def touch_to_win(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(only(attributions(crm), window.__contains__, "won"), of_campaign, "campaign")
    return rows.assign(each=rows["lag"], per=1)


def spend_of_campaigns(crm: Crm, window: Period) -> pd.DataFrame:
    return only(spend_loaded(crm, window), known, "campaign")


@cache
def members(crm: Crm) -> pd.DataFrame:
    """The contact's account tells where somebody is; else the lead does, and for the region the campaign."""
    rows = []
    for row in crm.rows["campaign_members"]:
        joined = crm.day(row["joined_at"])
        campaign = crm.lookup["campaigns"][row["campaign_id"]]
        contact = {} if row["contact_id"] is None else crm.lookup["contacts"][row["contact_id"]]
        then = crm.customer(contact.get("account_id"), joined)
        lead = {} if row["lead_id"] is None else crm.lookup["leads"][row["lead_id"]]
        place = lead.get("region_id")
        rows.append(
            {
                "joined": joined,
                "responded": row["responded_at"] and crm.day(row["responded_at"]),
                "account": then["account"],
                "region": then["region"]
                or crm.region_name(place)
                or crm.region_of_user(lead.get("owner_id"))
                or crm.region_name(campaign["region_id"]),
                "country": then["country"] or lead.get("country") or crm.country_of(place),
                "segment": then["segment"] or lead.get("segment"),
                "channel": campaign["channel"],
                "campaign": campaign["name"],
            }
        )
    return frame(rows, ["joined", "responded", *MEMBER])


def campaign_response(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(members(crm), lambda day: day in window and (crm.today - day).days > HORIZON, "joined")
    within = [
        int(answered is not None and 0 <= (answered - joined).days <= HORIZON)
        for joined, answered in zip(rows["joined"], rows["responded"], strict=True)
    ]
    return rows.assign(each=within, per=1)
