"""The facts of what customers buy by day, and where they are."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build
from crm_data.warehouse.of_account import ALL, OfAccount

# Computed after invoice_lines and deals, whose amounts it adds up.
BUYING_DAYS = Build(
    facts.buying_days,
    order="day",
    of_account=OfAccount("day", ALL),
    affected=(
        ("purchases", "SELECT id FROM changed_purchases"),
        ("invoices", "SELECT account_id FROM changed_invoices"),
        ("opportunities", "SELECT account_id FROM changed_opportunities"),
        (
            "invoice_lines",
            """SELECT i.account_id FROM crm.invoices AS i
               WHERE i.id IN (SELECT invoice_id FROM changed_invoice_lines)""",
        ),
        (
            "exchange_rates",
            """SELECT i.account_id FROM crm.invoices AS i JOIN changed_exchange_rates AS r
               ON r.currency = i.currency AND i.issued_on >= r.valid_on
               UNION ALL
               SELECT o.account_id FROM crm.opportunities AS o JOIN changed_exchange_rates AS r
               ON r.currency = o.currency AND o.closed_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH invoiced AS (
        SELECT account AS id, issued_day AS day, sum(amount_cents) AS cents
        FROM invoice_lines WHERE chosen(account) GROUP BY ALL
    ),
    won AS (
        SELECT account AS id, closed_day AS day, sum(amount_cents) AS cents
        FROM deals WHERE status = 'won' AND chosen(account)
            AND account NOT IN (
                SELECT account_id FROM crm.invoices WHERE kind = 'invoice' AND chosen(account_id)
            )
        GROUP BY ALL
    ),
    bought AS (
        SELECT
            id, day, CASE WHEN p.id IS NULL THEN 0 ELSE 1 END AS bought,
            coalesce(invoiced.cents, won.cents) AS amount_cents
        FROM (FROM work.purchases WHERE chosen(id)) AS p
        FULL JOIN invoiced USING (id, day)
        LEFT JOIN won USING (id, day)
    )
    SELECT
        b.id, b.day, b.bought, b.amount_cents, b.id AS account,
        a.region, a.country, a.segment, a.industry, a.size, a.channel, a.owner, a.team
    FROM bought AS b
    LEFT JOIN (FROM work.account_versions WHERE chosen(id)) AS a
        ON a.id = b.id AND b.day >= a.start_day AND b.day < a.end_day
    """,
)

SITES = Build(
    facts.sites,
    affected=(("accounts latitude longitude", "SELECT id FROM changed_accounts"),),
    sql="""
    SELECT id, latitude AS latitude_tenths, longitude AS longitude_tenths FROM crm.accounts
    WHERE chosen(id) AND latitude IS NOT NULL AND longitude IS NOT NULL
    """,
)

PURCHASING = (BUYING_DAYS, SITES)
