"""Exchange rates, day by day, so that a row finds its own by a join.

Looking for the latest rate on or before a day would compare each day with all earlier rates.
"""

from sqlalchemy import BigInteger, Column, Date, MetaData, String, Table

from crm_data.warehouse.build import Build

#: Rates outside are taken for ones of these days; a date typed wrongly must not fill the disk.
FIRST, LAST = "1900-01-01", "2200-01-01"

# What a currency is worth on each day from the first rate of all to the last: for what happens on it
# (flow) and for what stands for a while (stock: the plan rate, else the day's). id counts days.
RATES = Build(
    Table(
        "rates",
        MetaData(schema="work"),
        Column("id", BigInteger),
        Column("currency", String),
        Column("day", Date),
        Column("flow", BigInteger),
        Column("stock", BigInteger),
    ),
    whole=True,
    affected=(("exchange_rates", "SELECT id FROM changed_exchange_rates"),),
    sql=f"""
    WITH known AS (
        SELECT currency, kind, rate, least(greatest(valid_on, DATE '{FIRST}'), DATE '{LAST}') AS day
        FROM crm.exchange_rates
        QUALIFY row_number() OVER (PARTITION BY currency, kind, day ORDER BY valid_on DESC) = 1
    ),
    days AS (
        SELECT CAST(unnest(range(min(day), max(day) + 1, INTERVAL 1 DAY)) AS DATE) AS day FROM known
    ),
    wanted AS (SELECT currency, day FROM (SELECT DISTINCT currency FROM known), days)
    SELECT
        w.day - DATE '{FIRST}' AS id, w.currency, w.day,
        daily.rate AS flow, coalesce(plan.rate, daily.rate) AS stock
    FROM wanted AS w
    ASOF LEFT JOIN (FROM known WHERE kind = 'daily') AS daily
        ON daily.currency = w.currency AND daily.day <= w.day
    ASOF LEFT JOIN (FROM known WHERE kind = 'plan') AS plan
        ON plan.currency = w.currency AND plan.day <= w.day
    """,
)
