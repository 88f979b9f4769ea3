"""E-mails, visits to the web site, and mentions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import floor

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, frame, known, only

MAIL = "account region country segment channel campaign".split()
FATES = "delivered opened clicked unsubscribed bounced".split()


@cache
def mails(crm: Crm) -> pd.DataFrame:
    rows = []
    for row in crm.rows["emails"]:
        sent = crm.day(row["sent_at"])
        then = crm.customer(crm.lookup["contacts"][row["contact_id"]]["account_id"], sent)
        fate = {name: int(row[f"{name}_at"] is not None) for name in FATES}
        dims = {name: then[name] for name in MAIL[:-1]}
        rows.append({"sent": sent, **fate, **dims, "campaign": crm.name("campaigns", row["campaign_id"])})
    return frame(rows, ["sent", *FATES, *MAIL])


def emails_sent(crm: Crm, window: Period) -> pd.DataFrame:
    return only(mails(crm), window.__contains__, "sent").assign(each=1, per=1)


def of_sent(fate: str) -> Callable[[Crm, Period], pd.DataFrame]:
    def rows(crm: Crm, window: Period) -> pd.DataFrame:
        sent = emails_sent(crm, window)
        return sent.assign(each=sent[fate])

    return rows


def of_delivered(fate: str) -> Callable[[Crm, Period], pd.DataFrame]:
    def rows(crm: Crm, window: Period) -> pd.DataFrame:
        delivered = only(emails_sent(crm, window), (1).__eq__, "delivered")
        return delivered.assign(each=delivered[fate])

    return rows


@cache
def traffic(crm: Crm) -> pd.DataFrame:
    """A country is in a region if only regions below that one name it."""
    regions: dict[str, set[str | None]] = {}
    for region in crm.rows["regions"]:
        country = crm.country_of(region["id"])
        if country:
            regions.setdefault(country, set()).add(crm.region_name(region["id"]))
    rows = []
    for row in crm.rows["web_traffic"]:
        of = regions.get(row["country"], set())
        rows.append(
            {
                "day": row["day"],
                "sessions": row["sessions"],
                "conversions": row["conversions"],
                "region": next(iter(of)) if len(of) == 1 else None,
                "country": row["country"],
                "web_source": row["source"],
            }
        )
    return frame(rows, ["day", "sessions", "conversions", "region", "country", "web_source"])


def web_sessions(crm: Crm, window: Period) -> pd.DataFrame:
    """One row a session would be too many: `each` and `per` count them."""
    rows = only(traffic(crm), window.__contains__, "day")
    return rows.assign(each=rows["sessions"], per=rows["sessions"])


def web_conversion(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(web_sessions(crm, window), lambda won, of: won <= of, "conversions", "sessions")
    return rows.assign(each=rows["conversions"])


@cache
def mentions(crm: Crm) -> pd.DataFrame:
    rows = [
        {
            "day": crm.day(row["mentioned_at"]),
            "sentiment": row["sentiment"],
            "reach": row["reach"],
            "network": row["network"],
            "campaign": crm.name("campaigns", row["campaign_id"]),
            **crm.product(row["product_id"]),
        }
        for row in crm.rows["social_mentions"]
    ]
    return frame(rows, ["day", "sentiment", "reach", "network", "campaign", "product", "family"])


def social_mentions(crm: Crm, window: Period) -> pd.DataFrame:
    return only(mentions(crm), window.__contains__, "day").assign(each=1, per=1)


def social_sentiment(crm: Crm, window: Period) -> pd.DataFrame:
    """In hundredths, halves away from zero."""
    rows = only(social_mentions(crm, window), known, "sentiment")
    signs = [1 if value >= 0 else -1 for value in rows["sentiment"]]
    judged = zip(signs, rows["sentiment"], strict=True)
    return rows.assign(each=[sign * floor(abs(value) * 100 + 0.5) for sign, value in judged])


def social_reach(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(social_mentions(crm, window), known, "reach")
    return rows.assign(each=rows["reach"])
