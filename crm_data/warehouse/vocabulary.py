"""The words that the facts' statements are written in: macros of the connection that refreshes.

    chosen(root)                     the roots to compute again; all of them in a full build
    few()                            how many roots these are, where they are few; see build.py
    local_day(instant)               the day in the organisation's time zone
    utc(wall)                        the instant at which the organisation's clocks show that time
    business_clock(instant, of_day)  working seconds until an instant; the difference of two is working time
    today()                          the organisation's day of this refresh
    rate_day(day)                    the day under which work.rates has its rate; see build_rates.py
    cents(amount, currency, d, rate) cents of the base currency

Amounts are ten-thousandths, rates billionths; each row is rounded to the cent on its own, halves
away from zero, so that a credit note cancels its invoice.
"""

from __future__ import annotations

import re
from datetime import date

import duckdb

from crm_data.organisation import Organisation
from crm_data.warehouse import local_days
from crm_data.warehouse.errors import MissingRate

_MISSING = re.compile(r"missing rate (\S*) ([-\d]+) to (\S*)")

_MACROS = """
CREATE OR REPLACE TEMP MACRO today() AS DATE '{today}';
CREATE OR REPLACE TEMP MACRO local_day(instant) AS {local_day};
CREATE OR REPLACE TEMP MACRO utc(wall) AS timezone('UTC', timezone({zone}, wall));
-- The working time from the first day known to an instant, whose day's row in work.business_days is given.
CREATE OR REPLACE TEMP MACRO business_clock(instant, of_day) AS
    (of_day).earlier
    + least(greatest(coalesce(date_diff('second', (of_day).opens_at, instant), 0), 0), (of_day).seconds);
-- Days of silence after which a customer is lost, in segments without a threshold of their own.
CREATE OR REPLACE TEMP MACRO general_threshold() AS (
    SELECT arg_min(days, id) FROM crm.silence_thresholds WHERE segment IS NULL
);

-- The day under which work.rates has the latest rate.
CREATE OR REPLACE TEMP MACRO rate_day(d) AS least(d, (SELECT max(r.day) FROM work.rates AS r));
-- Amount times rate, as cents. In 128 bits only where 64 may be too few, because they are slow.
CREATE OR REPLACE TEMP MACRO rounded(amount, rate) AS CASE
    WHEN rate > 0 AND amount BETWEEN -9000000000000000000 // rate AND 9000000000000000000 // rate
    THEN (amount * rate + sign(amount) * 50000000000) // 100000000000
    ELSE CAST((CAST(amount AS HUGEINT) * rate + sign(amount) * 50000000000) // 100000000000 AS BIGINT)
END;
-- An amount without a currency or a day has no value: nobody knows what it is worth.
CREATE OR REPLACE TEMP MACRO cents(amount, of_currency, d, rate) AS CASE
    WHEN amount IS NULL OR of_currency IS NULL OR d IS NULL THEN NULL
    WHEN of_currency = {base} THEN CASE
        WHEN amount BETWEEN -9000000000000000000 AND 9000000000000000000
        THEN (amount + sign(amount) * 50) // 100 ELSE rounded(amount, 1000000000)
    END
    ELSE rounded(amount, coalesce(
        rate, CAST(error('missing rate ' || of_currency || ' ' || d || ' to ' || {base}) AS BIGINT)
    ))
END;
"""


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def teach(
    connection: duckdb.DuckDBPyConnection, organisation: Organisation, today: date, *, many: bool = False
) -> None:
    """Define the words on this connection. `many`: for statements over millions of rows."""
    zone, base = literal(organisation.time_zone), literal(organisation.base_currency)
    day = (local_days.by_offsets if many else local_days.by_rules)(organisation.time_zone)
    connection.execute(_MACROS.format(today=today, zone=zone, base=base, local_day=day))


def choose(connection: duckdb.DuckDBPyConnection, few: int | None) -> None:
    """Let chosen(root) mean the ids in the table `chosen_roots`, of which there are so many; or any id."""
    meaning = "true" if few is None else "root IN (SELECT id FROM chosen_roots)"
    connection.execute(
        f"CREATE OR REPLACE TEMP MACRO chosen(root) AS {meaning};"
        f"CREATE OR REPLACE TEMP MACRO few() AS {few or 0}"
    )


def missing_rate(problem: duckdb.Error) -> MissingRate | None:
    """The sentence for a rate that the statement missed, if that is the problem."""
    found = _MISSING.search(str(problem))
    if not found:
        return None
    currency, day, base = found.groups()
    return MissingRate(
        f"There is no exchange rate from {currency} to {base} on or before {day}. "
        "The dashboard goes on with what it had. Enter the rate, and it follows by itself."
    )
