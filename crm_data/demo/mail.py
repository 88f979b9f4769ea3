"""E-mails, a month at a time: by far the most rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from crm_data.demo.campaigns import MAILINGS, Campaigns
from crm_data.demo.contacts import People
from crm_data.demo.places import COUNTRIES
from crm_data.demo.plan import Days, Instants, Plan
from crm_data.demo.seasons import Integers, at, draw_days, local_hours, season, spell

BOUNCED, OPENED, CLICKED = 0.024, 0.34, 0.14  # of sent, of delivered, of opened
BY_MAIL = 0.4  # share of withdrawals that follow a link in a mail
_OFFSET = np.array([country.utc_offset for country in COUNTRIES])
_NEVER = np.datetime64("NaT", "us")


def emails(
    plan: Plan, campaigns: Campaigns, people: People, accounts: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Month by month, to contacts who had agreed by then and had not withdrawn."""
    rng = plan.random("emails")
    agreed = np.flatnonzero(people.consent == 1)
    agreed = agreed[np.argsort(people.known[agreed], kind="stable")]
    known = people.known[agreed]
    withdrawn = people.withdrawn_on[agreed]
    offset = _OFFSET[accounts["country_number"].to_numpy()[people.account[agreed]]]
    # The list grows slower than the contacts: long-standing ones are written to less often.
    audience = np.searchsorted(known, plan.days)
    sent_on = draw_days(rng, plan.days, audience**0.7 * season(plan.days), plan.events)
    month = sent_on.astype("datetime64[M]")
    first_id = 1
    for start in np.unique(month):
        day = sent_on[np.searchsorted(month, start) : np.searchsorted(month, start, side="right")]
        reader = _readers(rng, day, known, withdrawn)
        last, leaver = _last_mails(day, withdrawn, start)
        reader[last] = leaver
        frame = _fate(plan, rng, day, offset[reader])
        frame.loc[last] = _farewells(day[last], people.withdrawn_at[agreed[leaver]], rng)
        frame["contact_id"] = agreed[reader] + 1
        frame["campaign_id"] = _campaign(rng, campaigns, day)
        frame = frame.sort_values("sent_at", kind="stable", ignore_index=True)
        yield frame.assign(id=np.arange(first_id, first_id + len(frame)))
        first_id += len(frame)


def _readers(rng: np.random.Generator, day: Days, known: Days, withdrawn: Days) -> Integers:
    """For each mail a position among those who agreed."""
    audience = np.searchsorted(known, day)
    reader = (rng.random(len(day)) * audience).astype(np.int64)
    gone = np.flatnonzero(withdrawn[reader] < day)
    while len(gone):
        reader[gone] = (rng.random(len(gone)) * audience[gone]).astype(np.int64)
        gone = gone[withdrawn[reader[gone]] < day[gone]]
    return reader


def _fate(plan: Plan, rng: np.random.Generator, day: Days, offset: np.ndarray) -> pd.DataFrame:
    """Sent, then delivered or bounced, perhaps opened, perhaps clicked; NaT for what is still to come."""
    count = len(day)
    sent = np.minimum(at(day, np.maximum(local_hours(rng, offset), 0.0)), plan.now)
    bounces = rng.random(count) < BOUNCED
    arrival = sent + spell(rng.exponential(0.02, count) + 0.001)
    opens = ~bounces & (rng.random(count) < OPENED)
    opened = arrival + spell(rng.lognormal(1.2, 1.4, count))
    clicks = opens & (rng.random(count) < CLICKED)
    clicked = opened + spell(rng.exponential(0.08, count))
    times = {
        "sent_at": sent,
        "delivered_at": np.where(bounces, _NEVER, arrival),
        "opened_at": np.where(opens, opened, _NEVER),
        "clicked_at": np.where(clicks, clicked, _NEVER),
        "unsubscribed_at": np.full(count, _NEVER),
        "bounced_at": np.where(bounces, arrival, _NEVER),
    }
    return pd.DataFrame({name: np.where(time <= plan.now, time, _NEVER) for name, time in times.items()})


def _last_mails(day: Days, withdrawn: Days, month: np.datetime64) -> tuple[Integers, Integers]:
    """Mails by which readers withdrew on the very day (positions among `day`), and those readers."""
    leaver = np.flatnonzero(withdrawn.astype("datetime64[M]") == month)
    leaver = leaver[leaver % 10 < BY_MAIL * 10]
    leaver = leaver[np.argsort(withdrawn[leaver], kind="stable")]
    left_on = withdrawn[leaver]
    place = np.arange(len(leaver)) - np.searchsorted(left_on, left_on)
    mail = np.searchsorted(day, left_on) + place
    there = mail < np.searchsorted(day, left_on, side="right")
    return mail[there], leaver[there]


def _farewells(day: Days, left_at: Instants, rng: np.random.Generator) -> np.ndarray:
    """A mail in the morning, opened, and its unsubscribe link followed. In the columns' order of `_fate`."""
    sent = at(day, rng.uniform(5, 11, len(day)))
    arrival = sent + np.timedelta64(40, "s")
    opened = left_at - np.timedelta64(95, "s")
    return np.column_stack(
        [sent, arrival, opened, np.full(len(day), _NEVER), left_at, np.full(len(day), _NEVER)]
    )


def _campaign(rng: np.random.Generator, campaigns: Campaigns, day: Days) -> Integers:
    title = np.searchsorted([0.55, 0.85], rng.random(len(day)))
    nowhere = np.zeros(len(day), np.int64)
    return np.choose(title, [campaigns.running(name, nowhere, day) for name in MAILINGS])
