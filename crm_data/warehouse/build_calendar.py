"""The organisation's working time, day by day, so that business time is a subtraction.

`earlier` adds up the working seconds of all days before, so that the working time between two instants is
the difference of two readings of one clock (`business_clock` in `vocabulary.py`). Days begin and end by
the organisation's clocks; their lengths are real time, so a day on which the clocks change may be shorter.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, MetaData, Table

from crm_data.warehouse.build import Build

FIRST, LAST = "1990-01-01", "2060-01-01"
#: Where no hours are known: Monday to Friday, 9 to 17.
_USUAL = "SELECT weekday, 540, 1020 FROM range(1, 6) AS t(weekday) WHERE NOT EXISTS (FROM crm.working_hours)"

# One day; seconds: how long the organisation works on it. id counts days from the first.
BUSINESS_DAYS = Build(
    Table(
        "business_days",
        MetaData(schema="work"),
        Column("id", BigInteger),
        Column("day", Date),
        Column("opens_at", DateTime),  # UTC; NULL on a day off
        Column("seconds", BigInteger),
        Column("earlier", BigInteger),
    ),
    order="day",
    whole=True,
    affected=(
        ("working_hours", "SELECT id FROM changed_working_hours"),
        ("holidays", "SELECT id FROM changed_holidays"),
    ),
    sql=f"""
    WITH hours AS (
        SELECT weekday, opens_minute, closes_minute FROM crm.working_hours UNION ALL {_USUAL}
    ),
    days AS (
        SELECT CAST(d AS DATE) AS day FROM range(DATE '{FIRST}', DATE '{LAST}', INTERVAL 1 DAY) AS t(d)
    ),
    opened AS (
        SELECT
            day,
            utc(day + to_minutes(opens_minute)) AS opens_at,
            utc(day + to_minutes(closes_minute)) AS closes_at
        FROM days LEFT JOIN hours ON weekday = isodow(day) AND day NOT IN (SELECT day FROM crm.holidays)
    ),
    lasting AS (
        -- An opening that the clocks skip or repeat may fall behind the closing.
        SELECT day, opens_at, greatest(coalesce(date_diff('second', opens_at, closes_at), 0), 0) AS seconds
        FROM opened
    )
    SELECT
        day - DATE '{FIRST}' AS id, day, opens_at, seconds,
        CAST(coalesce(sum(seconds) OVER before, 0) AS BIGINT) AS earlier
    FROM lasting WINDOW before AS (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    """,
)
