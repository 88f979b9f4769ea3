"""What the demo organisation sells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.plan import Plan, months_on

# name, family, list price in euro (plans: a month), share of add-on deals, margin, months from the start to
# release, withdrawn after so many months
_ROWS = (
    ("Relay Core", "Platform", 80, 0.0, 0.75, None, None),
    ("Relay Plus", "Platform", 310, 0.0, 0.76, None, None),
    ("Relay Scale", "Platform", 1200, 0.0, 0.77, None, None),
    ("Insights", "Add-ons", 45, 0.14, 0.80, None, None),
    ("Automations", "Add-ons", 70, 0.16, 0.80, 9, None),
    ("Gateway G1", "Hardware", 480, 0.12, 0.36, None, 26),
    ("Gateway G2", "Hardware", 620, 0.16, 0.40, 12, None),
    ("Sensor kit", "Hardware", 240, 0.14, 0.42, None, None),
    ("Onboarding", "Services", 900, 0.06, 0.45, None, None),
    ("Training day", "Services", 1100, 0.12, 0.48, None, None),
    ("Integration project", "Services", 3200, 0.10, 0.44, None, None),
)
NAMES = tuple(row[0] for row in _ROWS)
FAMILIES = tuple(row[1] for row in _ROWS)
PRICE = np.array([row[2] for row in _ROWS], float)
ADD_ON_SHARE = np.array([row[3] for row in _ROWS])
MARGIN = np.array([row[4] for row in _ROWS])
PLANS = ("Core", "Plus", "Scale")  # the membership of the platform product at the same position
PLAN_UP_TO = (180.0, 720.0)  # euro a month; above the last: Scale
FAULTY = "Gateway G2"
ONBOARDING = NAMES.index("Onboarding") + 1
IS_EXPANSION = np.array([family == "Add-ons" for family in FAMILIES])


def products(plan: Plan) -> pd.DataFrame:
    def month(number: int | None) -> object:
        return pd.NaT if number is None else pd.Timestamp(months_on(plan.start, number))

    return pd.DataFrame(
        {
            "id": np.arange(1, len(_ROWS) + 1),
            "name": NAMES,
            "family": FAMILIES,
            "list_price": (PRICE * 10_000).astype(np.int64),
            "currency": "EUR",
            "released_on": pd.Series(
                [pd.Timestamp(plan.start) if row[5] is None else month(row[5]) for row in _ROWS]
            ),
            "withdrawn_on": pd.Series([month(row[6]) for row in _ROWS], dtype="datetime64[s]"),
        }
    )


def on_sale(plan: Plan, days: np.ndarray, product: np.ndarray) -> np.ndarray:
    """The product's id, or that of the gateway that was sold on the day instead."""
    released = np.datetime64(months_on(plan.start, 12))
    g1, g2 = NAMES.index("Gateway G1") + 1, NAMES.index(FAULTY) + 1
    product = np.where((product == g2) & (days < released), g1, product)
    withdrawn = np.datetime64(months_on(plan.start, 26))
    return np.where((product == g1) & (days >= withdrawn), g2, product)
