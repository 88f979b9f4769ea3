"""When the organisation is at work: office hours, and the days off of its home, Berlin."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from crm_data.demo.plan import Plan

OPENS, CLOSES = 8 * 60, 18 * 60  # minutes after midnight
_FIXED = {(1, 1): "New Year", (5, 1): "Labour Day", (10, 3): "German Unity Day"} | {
    (12, 25): "Christmas Day",
    (12, 26): "Second day of Christmas",
}
_AFTER_EASTER = {-2: "Good Friday", 1: "Easter Monday", 39: "Ascension Day", 50: "Whit Monday"}


def working_hours() -> pd.DataFrame:
    days = np.arange(1, 6)
    return pd.DataFrame({"id": days, "weekday": days, "opens_minute": OPENS, "closes_minute": CLOSES})


def holidays(plan: Plan) -> pd.DataFrame:
    """Of every year of the history, and of the next one."""
    years = range(plan.start.year, plan.today.year + 2)
    days = {date(year, *day): name for year in years for day, name in _FIXED.items()}
    days |= {easter(year) + timedelta(n): name for year in years for n, name in _AFTER_EASTER.items()}
    frame = pd.DataFrame(sorted(days.items()), columns=["day", "name"]).astype({"day": "datetime64[s]"})
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame


def easter(year: int) -> date:
    """Easter Sunday, as J.-M. Oudin worked it out (1940)."""
    century = year // 100
    golden = year % 19
    moon = (century - century // 4 - (century - (century - 17) // 25) // 3 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    days = moon - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, days + 28 - 31 * (month // 4))
