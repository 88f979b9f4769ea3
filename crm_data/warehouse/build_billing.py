"""What customers are billed and what they owe."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through

INVOICE_LINES = Build(
    facts.invoice_lines,
    order="issued_day",
    affected=(
        ("invoice_lines", "SELECT id FROM changed_invoice_lines"),
        *through("crm.invoice_lines", invoice_id="invoices", product_id="products"),
        (
            "account_versions",
            """SELECT id FROM crm.invoice_lines WHERE invoice_id IN (
               SELECT id FROM crm.invoices WHERE account_id IN (SELECT id FROM changed_account_versions))""",
        ),
        (
            "exchange_rates",
            """SELECT l.id FROM crm.invoice_lines AS l JOIN crm.invoices AS i ON i.id = l.invoice_id
               JOIN changed_exchange_rates AS r ON r.currency = i.currency AND i.issued_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH lines AS (
        SELECT
            l.id, l.product_id, i.account_id, i.issued_on,
            cents(l.amount, i.currency, i.issued_on, rate.flow) AS amount_cents,
            cents(l.cost, i.currency, i.issued_on, rate.flow) AS cost_cents
        FROM (FROM crm.invoice_lines WHERE chosen(id) LIMIT few()) AS l
        JOIN crm.invoices AS i ON i.id = l.invoice_id
        LEFT JOIN work.rates AS rate ON rate.currency = i.currency AND rate.day = rate_day(i.issued_on)
    )
    SELECT
        l.id, l.issued_on AS issued_day, l.amount_cents, l.cost_cents,
        l.amount_cents - l.cost_cents AS margin_cents,
        l.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        a.owner, a.team, p.name AS product, p.family
    FROM lines AS l
    LEFT JOIN work.account_versions AS a
        ON a.id = l.account_id AND l.issued_on >= a.start_day AND l.issued_on < a.end_day
    LEFT JOIN crm.products AS p ON p.id = l.product_id
    """,
)

RECEIVABLE_SPELLS = Build(
    facts.receivable_spells,
    order="start_day",
    affected=(
        ("invoices", "SELECT id FROM changed_invoices"),
        ("invoice_lines", "SELECT invoice_id FROM changed_invoice_lines"),
        ("payments", "SELECT invoice_id FROM changed_payments"),
        *through("crm.invoices", account_id="account_versions"),
        (
            "exchange_rates",
            """SELECT i.id FROM crm.invoices AS i JOIN changed_exchange_rates AS r
               ON r.currency = i.currency AND i.issued_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH bills AS (
        SELECT i.id, i.account_id, i.issued_on, i.due_on, i.currency, sum(l.amount) AS total
        FROM (FROM crm.invoices WHERE chosen(id) AND kind = 'invoice' LIMIT few()) AS i
        JOIN crm.invoice_lines AS l ON l.invoice_id = i.id
        GROUP BY i.id, i.account_id, i.issued_on, i.due_on, i.currency
    ),
    events AS (
        SELECT p.invoice_id AS id, greatest(p.paid_on, b.issued_on) AS day, p.amount AS paid
        FROM crm.payments AS p JOIN bills AS b ON b.id = p.invoice_id
        UNION ALL
        SELECT id, issued_on, 0 FROM bills
        UNION ALL
        SELECT id, due_on + 1, 0 FROM bills WHERE due_on >= issued_on
    ),
    by_day AS (SELECT id, day, sum(paid) AS paid FROM events GROUP BY id, day),
    courses AS (
        SELECT
            id, day AS start_day, lead(day) OVER w AS end_day,
            sum(paid) OVER w AS paid, lead(paid) OVER w AS paid_next
        FROM by_day WINDOW w AS (PARTITION BY id ORDER BY day)
    ),
    unpaid AS (
        SELECT
            b.id, b.account_id, b.issued_on, b.due_on, b.currency, c.start_day, c.end_day,
            CAST(b.total - c.paid AS BIGINT) AS amount, b.total - c.paid - c.paid_next <= 0 AS settled
        FROM courses AS c JOIN bills AS b USING (id)
        WHERE b.total > c.paid
    )
    SELECT
        u.id, u.start_day, u.end_day, u.due_on AS due_day,
        cents(u.amount, u.currency, u.issued_on, rate.flow) AS amount_cents,
        CAST(coalesce(u.due_on < u.start_day, false) AS TINYINT) AS overdue,
        u.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        a.owner, a.team,
        CASE WHEN u.start_day = u.issued_on THEN 'invoiced'
             WHEN u.start_day = u.due_on + 1 THEN 'fell due'
             ELSE 'paid in part' END AS start_reason,
        CASE WHEN u.settled THEN 'paid'
             WHEN u.end_day = u.due_on + 1 THEN 'fell due'
             WHEN u.end_day IS NOT NULL THEN 'paid in part' END AS end_reason
    FROM unpaid AS u
    LEFT JOIN work.rates AS rate ON rate.currency = u.currency AND rate.day = rate_day(u.issued_on)
    LEFT JOIN work.account_versions AS a
        ON a.id = u.account_id AND u.issued_on >= a.start_day AND u.issued_on < a.end_day
    """,
)

BILLING = (INVOICE_LINES, RECEIVABLE_SPELLS)
