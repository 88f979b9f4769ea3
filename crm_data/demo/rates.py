"""Currencies: what each was worth in euro, day by day, and the plan rate of each fiscal year."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crm_data.demo.plan import Plan
from crm_data.demo.seasons import Integers, Numbers

BASE = "EUR"
_START = {
    "USD": 0.92, "CAD": 0.68, "GBP": 1.17, "PLN": 0.232, "SEK": 0.088,
    "JPY": 0.0061, "AUD": 0.61, "INR": 0.0109, "BRL": 0.168, "MXN": 0.0505,
}  # fmt: skip
CURRENCIES = (BASE, *_START)
WHOLE = frozenset({"JPY"})  # has no cents
_DAILY, _HOME = 0.0035, 0.004  # the daily step of the logarithm, and the pull back to the start


def exchange_rates(plan: Plan) -> pd.DataFrame:
    """A daily rate for every day and currency, and a plan rate for every fiscal year."""
    rng = plan.random("rates")
    frames = []
    for currency, start in _START.items():
        daily = start * np.exp(_wander(rng, len(plan.days)))
        frames.append(_rows(currency, "daily", plan.days, daily))
        years = [date(year, 1, 1) for year in range(plan.start.year, plan.today.year + 1)]
        days_in = [max((year - plan.start).days, 0) for year in years]
        frames.append(_rows(currency, "plan", np.array(years, "datetime64[D]"), daily[days_in].round(4)))
    frame = pd.concat(frames, ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    # What a rate was is known on its day; a plan is made before its year begins.
    return frame.assign(updated_at=frame["valid_on"].clip(pd.Timestamp(plan.start)).astype("datetime64[us]"))


def _wander(rng: np.random.Generator, days: int) -> Numbers:
    steps = rng.normal(0, _DAILY, days)
    level = np.zeros(days)
    for day in range(1, days):
        level[day] = level[day - 1] * (1 - _HOME) + steps[day]
    return level


def _rows(currency: str, kind: str, days: NDArray[np.datetime64], rates: Numbers) -> pd.DataFrame:
    return pd.DataFrame({"currency": currency, "valid_on": days, "kind": kind, "rate": rates.round(9)})


class Converter:
    """Prices are thought of in euro and billed in the customer's currency."""

    def __init__(self, rates: pd.DataFrame) -> None:
        first = rates[rates["kind"] == "plan"].groupby("currency")["rate"].first()
        self._euro = np.array([1.0, *(first[currency] for currency in CURRENCIES[1:])])
        self._step = np.array([1.0 if currency in WHOLE else 0.01 for currency in CURRENCIES])

    def units(self, euro: Numbers, currency: Integers, *, round_to: float | None = None) -> Integers:
        """Ten-thousandths of the currency, in cents (whole yen), or in steps of some `round_to` euro."""
        local = euro / self._euro[currency]
        step = self._step[currency]
        if round_to is not None:
            step = 10.0 ** np.round(np.log10(round_to / self._euro[currency]))
        return (np.round(local / step) * np.round(step * 10_000)).astype(np.int64)
