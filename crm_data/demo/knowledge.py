"""Knowledge articles, and how often they were read and found helpful."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.plan import DEFAULT_EVENTS, Plan
from crm_data.demo.products import NAMES
from crm_data.demo.seasons import trade
from crm_data.demo.service import CAUSES

_TITLES = {
    "How-to": ("Export a report", "Invite a colleague", "Set up a dashboard"),
    "Configuration": ("Readings arrive late", "Write your first rule"),
    "Billing": ("Read your invoice", "Change your billing address"),
    "Defect": ("Reset your device", "Update the firmware"),
    "Access": ("Reset your password", "Connect single sign-on"),
    "Outage": ("Check your connection", "Work offline"),
}


def articles(plan: Plan) -> pd.DataFrame:
    rng = plan.random("articles")
    titles = [(title, cause) for cause in CAUSES for title in _TITLES[cause]]
    count = len(titles) * 2
    published = np.sort(plan.days[(rng.random(count) ** 2 * 900).astype(int)])
    status = np.where(rng.random(count) < 0.08, "archived", "published")
    status[-1] = "draft"
    return pd.DataFrame(
        {
            "id": np.arange(1, count + 1),
            "title": [
                title + (" (mobile)" if number >= len(titles) else "")
                for number, (title, _) in enumerate(titles * 2)
            ],
            "category": [cause for _, cause in titles * 2],
            "published_on": np.where(status == "draft", np.datetime64("NaT", "D"), published),
            "status": status,
            "body": [f"{title}: step by step, with pictures." for title, _ in titles * 2],
            "product_id": np.where(rng.random(count) < 0.5, rng.integers(1, len(NAMES) + 1, count), 0),
        }
    )


def views(plan: Plan, articles: pd.DataFrame) -> pd.DataFrame:
    rng = plan.random("views")
    busy = trade(plan, growth=0.35)
    article = np.repeat(np.arange(len(articles)), len(plan.days))
    day = np.tile(np.arange(len(plan.days)), len(articles))
    liked = rng.lognormal(0, 0.7, len(articles))
    size = plan.events / DEFAULT_EVENTS
    count = rng.poisson(2.2 * size * liked[article] * busy[day])
    published = articles["published_on"].to_numpy().astype("datetime64[D]")[article]
    there = (count > 0) & (plan.days[day] >= published)
    article, day, count = article[there], day[there], count[there]
    voted = rng.binomial(count, 0.12)
    helpful = rng.binomial(voted, 0.78)
    frame = pd.DataFrame(
        {
            "article_id": article + 1,
            "day": plan.days[day],
            "views": count,
            "helpful": helpful,
            "unhelpful": voted - helpful,
        }
    )
    frame = frame.sort_values(["day", "article_id"], ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame
