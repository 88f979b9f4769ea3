"""What customers are billed and what they owe."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.of_account import ALL, OfAccount

INVOICE_LINES = Build(
    facts.invoice_lines,
    order="issued_day",
    of_account=OfAccount("issued_day", ALL),
    affected=(
        ("invoice_lines", "SELECT id FROM changed_invoice_lines"),
        *through("crm.invoice_lines", invoice_id="invoices", product_id="products"),
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
    of_account=OfAccount("issued_on", ALL, table="crm.invoices"),
    affected=(
        ("invoices", "SELECT id FROM changed_invoices"),
        ("invoice_lines", "SELECT invoice_id FROM changed_invoice_lines"),
        ("payments", "SELECT invoice_id FROM changed_payments"),
        (
            "exchange_rates",
            """SELECT i.id FROM crm.invoices AS i JOIN changed_exchange_rates AS r
               ON r.currency = i.currency AND i.issued_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH bills AS (
        SELECT i.id, i.account_id, i.issued_on, i.due_on, i.currency, l.total
        FROM (FROM crm.invoices WHERE chosen(id) AND kind = 'invoice' LIMIT few()) AS i
        JOIN (
            SELECT invoice_id AS id, sum(amount) AS total FROM crm.invoice_lines
            WHERE chosen(invoice_id) GROUP BY invoice_id
        ) AS l USING (id)
    ),
    payments AS (
        SELECT invoice_id AS id, paid_on AS day, sum(amount) AS amount FROM crm.payments
        WHERE chosen(invoice_id) GROUP BY invoice_id, paid_on
    ),
    -- What had been paid until each day of payment, and since the last one.
    courses AS (
        SELECT
            id, lag(day) OVER w AS since, day AS until,
            sum(amount) OVER w - amount AS paid, amount AS paid_next
        FROM payments WINDOW w AS (PARTITION BY id ORDER BY day)
        UNION ALL
        SELECT b.id, p.day, NULL, coalesce(p.amount, 0), NULL
        FROM bills AS b LEFT JOIN (
            SELECT id, max(day) AS day, sum(amount) AS amount FROM payments GROUP BY id
        ) AS p USING (id)
    ),
    unpaid AS (
        SELECT
            b.*, greatest(b.issued_on, c.since) AS start_day,
            CASE WHEN c.until IS NOT NULL THEN greatest(b.issued_on, c.until) END AS end_day,
            CAST(b.total - c.paid AS BIGINT) AS amount, b.total - c.paid - c.paid_next <= 0 AS settled,
            start_day <= b.due_on AND b.due_on + 1 < coalesce(end_day, DATE 'infinity') AS falls_due
        FROM courses AS c JOIN bills AS b USING (id)
        WHERE b.total > c.paid AND start_day < coalesce(end_day, DATE 'infinity')
    ),
    -- Cut on the day after the due day.
    spans AS (
        SELECT
            u.* REPLACE (
                CASE WHEN overdue THEN due_on + 1 ELSE start_day END AS start_day,
                CASE WHEN falls_due AND NOT overdue THEN due_on + 1 ELSE end_day END AS end_day,
                settled AND (overdue OR falls_due IS NOT true) AS settled
            )
        FROM unpaid AS u JOIN (VALUES (false), (true)) AS half(overdue) ON falls_due OR NOT overdue
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
    FROM spans AS u
    LEFT JOIN work.rates AS rate ON rate.currency = u.currency AND rate.day = rate_day(u.issued_on)
    LEFT JOIN work.account_versions AS a
        ON a.id = u.account_id AND u.issued_on >= a.start_day AND u.issued_on < a.end_day
    """,
)

BILLING = (INVOICE_LINES, RECEIVABLE_SPELLS)
