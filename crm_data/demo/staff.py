"""The organisation itself: its settings, teams and people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_data.demo import names, rates
from crm_data.demo.places import REGIONS, TEAMS
from crm_data.demo.plan import TIME_ZONE, Plan
from crm_data.demo.seasons import Integers

SERVICE_TEAMS = ("Service Europe", "Service Overseas")
MARKETING_TEAM = "Marketing"
TEAM_NAMES = (*TEAMS, *SERVICE_TEAMS, MARKETING_TEAM)


@dataclass(frozen=True)
class Staff:
    teams: pd.DataFrame
    users: pd.DataFrame

    def members(self, rng: np.random.Generator, team: Integers) -> Integers:
        """A random member's user id for each team at these positions in TEAM_NAMES."""
        ids = self.users["id"].to_numpy()[self.users["role"] == "member"]
        of_team = self.users["team_id"].to_numpy()[self.users["role"] == "member"] - 1
        order = np.argsort(of_team, kind="stable")
        count = np.bincount(of_team, minlength=len(TEAM_NAMES))
        first = np.cumsum(count) - count
        # The longer somebody is here, the more they have to do.
        place = (rng.random(len(team)) ** 1.3 * count[team]).astype(np.int64)
        return ids[order][first[team] + place]

    def team_of(self, users: Integers) -> Integers:
        """The position in TEAM_NAMES of each user's team."""
        return self.users["team_id"].to_numpy()[users - 1] - 1


def organisation(plan: Plan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": [1],
            "name": ["Lighthouse Relay (demo)"],
            "time_zone": [TIME_ZONE],
            "week_start": [1],
            "fiscal_start_month": [1],
            "fiscal_calendar": ["months"],
            "base_currency": [rates.BASE],
            "locale": ["en"],
            "demo_seed": [plan.seed],
            "updated_at": [plan.now],
        }
    )


def staff(plan: Plan) -> Staff:
    """Teams, and their people: an administrator, a manager for each team, then the members."""
    departments = ["sales"] * len(TEAMS) + ["service"] * len(SERVICE_TEAMS) + ["marketing"]
    teams = pd.DataFrame(
        {"id": np.arange(1, len(TEAM_NAMES) + 1), "name": TEAM_NAMES, "department": departments}
    )
    sizes = [plan.people(size) for size in (5, 5, 3, 4, 3, 5, 4, 3)]
    team = np.concatenate([[0], np.arange(len(sizes)) + 1, np.repeat(np.arange(len(sizes)) + 1, sizes)])
    count = len(team)
    member = np.arange(count) > len(sizes)
    rng = plan.random("staff")
    person = names.people(rng, rng.integers(0, len(names.CULTURES), count))
    region = np.array([0, *(list(REGIONS).index(name) + 1 for name in TEAMS.values()), 0, 0, 0])
    users = pd.DataFrame(
        {
            "id": np.arange(1, count + 1),
            "name": names.join(person["first_name"], person["last_name"], by=" "),
            "email": names.join(person["slug"], np.arange(1, count + 1).astype(str), by=".") + "@example.com",
            "role": np.where(team == 0, "admin", np.where(member, "member", "manager")),
            "team_id": team,
            "manager_id": np.where(team == 0, 0, np.where(member, team + 1, 1)),
            "region_id": region[team],
            "active": np.where(member & (rng.random(count) < 0.05), 0, 1),
        }
    )
    return Staff(teams, users)


def silence_thresholds() -> pd.DataFrame:
    """For accounts without a recorded membership; segments differ in how often they order."""
    rows = [
        (None, 200, "default: 95th percentile of the days between orders, rounded up"),
        ("Enterprise", 240, "95th percentile of the days between orders, rounded up"),
        ("Public sector", 400, "orders once a budget year; 95th percentile, rounded up"),
    ]
    frame = pd.DataFrame(rows, columns=["segment", "days", "basis"])
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame
