"""Visitors of the web site, and what people say in public."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.campaigns import Campaigns
from crm_data.demo.places import COUNTRIES
from crm_data.demo.plan import DEFAULT_EVENTS, Plan
from crm_data.demo.products import FAULTY, NAMES
from crm_data.demo.seasons import at, choose, draw_days, trade

# source: share of sessions, share of sessions in which somebody leaves an address
SOURCES = {
    "Organic search": (36, 0.0168),
    "Direct": (22, 0.0180),
    "Paid search": (17, 0.0252),
    "Referral": (10, 0.0270),
    "Paid social": (9, 0.0096),
    "E-mail": (6, 0.0210),
}
SESSIONS_A_DAY = 1_100
BIG_COUNTRIES = 8
NETWORKS = {"LinkedIn": 40, "X": 22, "Reddit": 16, "YouTube": 14, "Mastodon": 8}
_TEXTS = (
    "Two weeks with the new gateway and it keeps dropping the line.",
    "Support has not called back yet.",
    "Price went up again, not happy.",
    "Anybody else using this for warehouse sensors?",
    "Comparing plans today.",
    "Saw their talk at the fair.",
    "Set up in an hour, works.",
    "The new reports save me a morning a week.",
    "Great help from support today, thanks!",
)


def traffic(plan: Plan) -> pd.DataFrame:
    """One row for each day, source and country; smaller countries together, without a name."""
    rng = plan.random("traffic")
    biggest = sorted(COUNTRIES, key=lambda country: -country.share)[:BIG_COUNTRIES]
    shares = [country.share for country in biggest]
    shares.append(sum(country.share for country in COUNTRIES) - sum(shares))
    countries = [*(country.code for country in biggest), None]
    day, source, country = (
        grid.ravel()
        for grid in np.meshgrid(
            np.arange(len(plan.days)), np.arange(len(SOURCES)), np.arange(len(countries)), indexing="ij"
        )
    )
    share, rate = np.array(list(SOURCES.values())).T
    busy = 0.35 + trade(plan, growth=0.28)  # people browse on Sundays too
    size = plan.events / DEFAULT_EVENTS * SESSIONS_A_DAY
    mean = (
        size
        * (busy / busy.mean())[day]
        * (share / share.sum())[source]
        * (np.array(shares) / sum(shares))[country]
    )
    sessions = rng.poisson(mean * rng.lognormal(0, 0.12, len(mean)))
    visitors = rng.binomial(sessions, 0.82)
    frame = pd.DataFrame(
        {
            "day": plan.days[day],
            "source": pd.Categorical.from_codes(source, list(SOURCES)),
            "country": pd.Categorical.from_codes(
                np.where(country < BIG_COUNTRIES, country, -1), countries[:-1]
            ),
            "sessions": sessions,
            "visitors": visitors,
            "page_views": sessions + rng.poisson(sessions * 1.9),
            "conversions": rng.binomial(sessions, rate[source]),
        }
    )
    frame = frame[frame["sessions"] > 0].reset_index(drop=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame


def mentions(plan: Plan, campaigns: Campaigns, fault_from: np.datetime64) -> pd.DataFrame:
    """Mostly mild; cross about the faulty product once it ships."""
    rng = plan.random("mentions")
    count = plan.events // 20
    day = draw_days(rng, plan.days, 0.4 + trade(plan, growth=0.3), count)
    product = np.where(rng.random(count) < 0.5, rng.integers(1, len(NAMES) + 1, count), 0)
    spoilt = (day >= fault_from) & (rng.random(count) < 0.25)
    product = np.where(spoilt, NAMES.index(FAULTY) + 1, product)
    sentiment = np.clip(rng.normal(np.where(spoilt, -0.55, 0.22), 0.35), -1, 1).round(2)
    text = np.searchsorted([-0.2, 0.3], sentiment) * 3 + np.where(spoilt, 0, rng.integers(0, 3, count))
    social = campaigns.running("Paid social", rng.integers(0, 4, count), day)
    when = at(day, rng.uniform(5, 21.5, count))
    frame = pd.DataFrame(
        {
            "mentioned_at": when,
            "network": pd.Categorical.from_codes(choose(rng, NETWORKS, count), list(NETWORKS)),
            "sentiment": pd.Series(sentiment).where(rng.random(count) < 0.95),
            "reach": rng.lognormal(5.5, 1.6, count).astype(np.int64),
            "author": pd.Series([f"@visitor{number}" for number in range(997)])
            .iloc[rng.integers(0, 997, count)]
            .array,
            "text": pd.Categorical.from_codes(text, _TEXTS),
            "campaign_id": np.where(rng.random(count) < 0.15, social, 0),
            "product_id": product,
        }
    )
    frame = frame[frame["mentioned_at"] <= plan.now].sort_values(
        "mentioned_at", kind="stable", ignore_index=True
    )
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame
