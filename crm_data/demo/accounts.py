"""Accounts, what they were over time, and the people in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo import names, rates
from crm_data.demo.campaigns import CHANNELS
from crm_data.demo.places import COUNTRIES, PHONES
from crm_data.demo.plan import Plan
from crm_data.demo.prospects import EMPLOYEES, SEGMENTS, SIZE_FROM, SIZES
from crm_data.demo.seasons import spell, until
from crm_data.demo.staff import Staff

COUNTRY_CURRENCY = np.array([rates.CURRENCIES.index(country.currency) for country in COUNTRIES])
_UPGRADE = np.array(
    [SEGMENTS.index(name) for name in ("Mid-market", "Enterprise", "Public sector", "Enterprise")]
)
TITLES = (
    "Managing director",
    "Head of operations",
    "IT manager",
    "Purchasing",
    "Office manager",
    "Engineer",
    "Finance",
)
LANGUAGES = {"DE": "de", "FR": "fr", "ES": "es", "MX": "es", "CL": "es", "PL": "pl", "SE": "sv", "NL": "nl",
             "BR": "pt", "JP": "ja"}  # fmt: skip


def accounts(plan: Plan, prospects: pd.DataFrame) -> pd.DataFrame:
    """One row an account as it was at first; categories as positions, like the prospects'."""
    frame = prospects[prospects["became"].notna()].copy()
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    frame.insert(1, "prospect", frame.index)
    rng = plan.random("accounts")
    count = len(frame)
    employees = np.ceil(EMPLOYEES[frame["segment"]] * rng.lognormal(0, 0.8, count)).astype(np.int64)
    return frame.reset_index(drop=True).assign(
        created_on=frame["created_at"].to_numpy().astype("datetime64[D]"),
        currency=COUNTRY_CURRENCY[frame["country_number"]],
        employees=employees,
        revenue=employees * 110_000.0 * rng.lognormal(0, 0.5, count),
    )


def moves(plan: Plan, accounts: pd.DataFrame, staff: Staff) -> pd.DataFrame:
    """Some accounts change hands, grow into another segment, or move to another place of their country."""
    rng = plan.random("moves")
    moved = accounts[rng.random(len(accounts)) < 0.07]
    count = len(moved)
    became = moved["became"].to_numpy()
    days = 60 + rng.exponential(250, count)
    when = until(became + spell(days * 24), plan.now - np.timedelta64(1, "h"))
    kind = rng.random(count)
    elsewhere = moved["region_id"].sample(frac=1, random_state=rng.integers(1 << 31)).to_numpy()
    same_country = _country_of(accounts)[elsewhere] == moved["country_number"].to_numpy()
    moved = moved.assign(
        changed_at=when,
        owner_id=np.where(kind < 0.65, staff.members(rng, moved["team"].to_numpy()), moved["owner_id"]),
        segment=np.where((kind >= 0.65) & (kind < 0.8), _UPGRADE[moved["segment"]], moved["segment"]),
        region_id=np.where((kind >= 0.8) & same_country, elsewhere, moved["region_id"]),
    )
    before = accounts.loc[moved.index]
    changed = (
        moved[["owner_id", "segment", "region_id"]] != before[["owner_id", "segment", "region_id"]]
    ).any(axis=1)
    return moved[changed & moved["changed_at"].notna()]


def _country_of(accounts: pd.DataFrame) -> np.ndarray:
    country = np.full(accounts["region_id"].max() + 1, -1)
    country[accounts["region_id"]] = accounts["country_number"]
    return country


def accounts_table(
    plan: Plan, first: pd.DataFrame, moves: pd.DataFrame, converter: rates.Converter, regions: pd.DataFrame
) -> pd.DataFrame:
    """The accounts as they are now."""
    rng = plan.random("accounts table")
    now = first.copy()
    now.loc[moves.index, ["owner_id", "segment", "region_id"]] = moves[["owner_id", "segment", "region_id"]]
    count = len(now)
    unknown = rng.random(count) < 0.02  # size never asked for
    size = np.searchsorted(SIZE_FROM, now["employees"].to_numpy(), side="right") - 1
    subdivision = regions["subdivision"].to_numpy()[now["region_id"] - 1]
    jitter = rng.normal(0, 0.12, (2, count))
    return pd.DataFrame(
        {
            "id": now["id"],
            "name": now["company"],
            "domain": now["domain"],
            "phone": names.phones(rng, PHONES, now["country_number"].to_numpy()).where(
                rng.random(count) < 0.9
            ),
            "segment": pd.Categorical.from_codes(now["segment"], SEGMENTS),
            "industry": now["industry"].where(rng.random(count) >= 0.015),
            "size": pd.Categorical.from_codes(np.where(unknown, -1, size), SIZES),
            "employees": now["employees"].astype("Int64"),
            "annual_revenue": converter.units(
                now["revenue"].to_numpy(), now["currency"].to_numpy(), round_to=10_000.0
            ),
            "currency": pd.Categorical.from_codes(now["currency"], rates.CURRENCIES),
            "region_id": now["region_id"],
            "country": now["country"],
            "subdivision": subdivision,
            "city": now["city"],
            "latitude": (now["latitude"] + jitter[0]).round(4),
            "longitude": (now["longitude"] + jitter[1]).round(4),
            "owner_id": now["owner_id"],
            "parent_id": _parents(rng, now),
            "acquisition_channel": pd.Categorical.from_codes(now["channel"], list(CHANNELS)),
            "created_on": now["created_on"],
            "updated_at": now["became"].mask(
                now.index.isin(moves.index), moves["changed_at"].reindex(now.index)
            ),
        }
    ).assign(
        employees=lambda table: table["employees"].mask(unknown),
        annual_revenue=lambda table: table["annual_revenue"].astype("Int64").mask(rng.random(count) < 0.3),
    )


def _parents(rng: np.random.Generator, accounts: pd.DataFrame) -> np.ndarray:
    """A few accounts belong to an enterprise that was there before them."""
    enterprises = accounts["id"].to_numpy()[accounts["segment"] == SEGMENTS.index("Enterprise")]
    parent = np.zeros(len(accounts), np.int64)
    child = rng.random(len(accounts)) < 0.02
    known = np.searchsorted(enterprises, accounts["id"].to_numpy())  # enterprises with a smaller id
    picked = (rng.random(len(accounts)) * known).astype(np.int64)
    child &= known > 0
    parent[child] = enterprises[picked[child]]
    return parent


def history_table(first: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """What each account was from its creation on, and from each later change."""
    rows = pd.concat([first.assign(changed_at=first["created_at"]), moves]).sort_values(["changed_at", "id"])
    return pd.DataFrame(
        {
            "id": np.arange(1, len(rows) + 1),
            "account_id": rows["id"].to_numpy(),
            "changed_at": rows["changed_at"].to_numpy(),
            "segment": pd.Categorical.from_codes(rows["segment"], SEGMENTS),
            "industry": rows["industry"].to_numpy(),
            "region_id": rows["region_id"].to_numpy(),
            "owner_id": rows["owner_id"].to_numpy(),
        }
    )
