"""The facts of customers: when they bought, and for how long they stayed."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.of_account import ALL, OfAccount

# Computed after invoice_lines, whose margins it adds up.
CUSTOMERS = Build(
    facts.customers,
    order="first_day",
    of_account=OfAccount("first_day", ALL),
    affected=(
        ("purchases", "SELECT id FROM changed_purchases"),
        ("invoices", "SELECT account_id FROM changed_invoices"),
        (
            "invoice_lines",
            """SELECT i.account_id FROM crm.invoices AS i
               WHERE i.id IN (SELECT invoice_id FROM changed_invoice_lines)""",
        ),
        (
            "exchange_rates",
            """SELECT i.account_id FROM crm.invoices AS i JOIN changed_exchange_rates AS r
               ON r.currency = i.currency AND i.issued_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH bought AS (
        SELECT id, min(day) AS first_day, min(day, 2)[2] AS second_day
        FROM work.purchases WHERE chosen(id) GROUP BY id
    ),
    margins AS (
        SELECT b.id, sum(l.margin_cents) AS cents
        FROM bought AS b JOIN invoice_lines AS l
            ON l.account = b.id AND l.issued_day >= b.first_day AND l.issued_day < b.first_day + 365
        GROUP BY b.id
    )
    SELECT
        b.id, b.first_day, b.second_day, m.cents AS first_year_margin_cents,
        b.id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel, a.owner, a.team
    FROM bought AS b
    LEFT JOIN margins AS m USING (id)
    LEFT JOIN (FROM work.account_versions WHERE chosen(id)) AS a
        ON a.id = b.id AND b.first_day >= a.start_day AND b.first_day < a.end_day
    """,
)

# Monthly amounts are converted at the plan rate of the day the membership began, so that a move to
# another region or segment never changes the revenue.
CUSTOMER_SPELLS = Build(
    facts.customer_spells,
    order="start_day",
    affected=(
        ("memberships", "SELECT account_id FROM changed_memberships"),
        ("purchases", "SELECT id FROM changed_purchases"),
        ("account_versions", "SELECT id FROM changed_account_versions"),
        ("silence_thresholds", "SELECT id FROM work.purchases"),
        ("today", "SELECT id FROM customer_spells WHERE basis = 'silence'"),
        (
            "exchange_rates",
            """SELECT m.account_id FROM crm.memberships AS m JOIN changed_exchange_rates AS r
               ON r.currency = m.currency AND m.started_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH memberships AS (
        SELECT m.*, cents(monthly_amount, m.currency, started_on, rate.stock) AS monthly_cents
        FROM crm.memberships AS m
        LEFT JOIN work.rates AS rate ON rate.currency = m.currency AND rate.day = rate_day(started_on)
        WHERE chosen(account_id)
    ),
    -- Without a contract a customer lasts until it has been silent for longer than its segment's
    -- threshold, as the segment was at the last order.
    orders AS (
        SELECT
            p.id, p.day, p.day + CAST(coalesce(own.days, general_threshold()) AS INTEGER) AS silent_day
        FROM work.purchases AS p
        LEFT JOIN (FROM work.account_versions WHERE chosen(id)) AS a
            ON a.id = p.id AND p.day >= a.start_day AND p.day < a.end_day
        LEFT JOIN crm.silence_thresholds AS own ON own.segment = a.segment
        WHERE chosen(p.id) AND p.id NOT IN (SELECT account_id FROM memberships)
    ),
    joined AS (
        SELECT *, day <= lag(silent_day) OVER (PARTITION BY id ORDER BY day) AS continues FROM orders
    ),
    order_runs AS (
        SELECT *, count(*) FILTER (WHERE continues IS NOT true) OVER (PARTITION BY id ORDER BY day) AS run
        FROM joined
    ),
    runs AS (
        SELECT id, start_day, lost_day, lost_reason, 'contract' AS basis
        FROM work.contracts WHERE chosen(id)
        UNION ALL
        SELECT id, min(day), CASE WHEN arg_max(silent_day, day) <= today() THEN arg_max(silent_day, day) END,
            CASE WHEN arg_max(silent_day, day) <= today() THEN 'no more orders' END, 'silence'
        FROM order_runs GROUP BY id, run
    ),
    -- The days inside a run on which price or dimensions may change.
    cuts AS (
        SELECT id, start_day AS run_day, start_day AS day FROM runs
        UNION
        SELECT r.id, r.start_day, c.day
        FROM runs AS r
        JOIN (
            SELECT account_id AS id, started_on AS day FROM memberships
            UNION ALL SELECT account_id, ended_on FROM memberships
            UNION ALL SELECT id, start_day FROM work.account_versions WHERE chosen(id)
        ) AS c ON c.id = r.id AND c.day > r.start_day AND c.day < coalesce(r.lost_day, DATE 'infinity')
    ),
    -- Memberships side by side are one customer who pays for all; the youngest names the plan.
    priced AS (
        SELECT
            c.id, c.run_day, c.day,
            sum(m.monthly_cents) AS monthly_cents,
            arg_max_null(m.plan, (m.started_on, m.id)) AS plan
        FROM cuts AS c LEFT JOIN memberships AS m
            ON m.account_id = c.id AND m.started_on <= c.day AND coalesce(m.ended_on, DATE 'infinity') > c.day
        GROUP BY c.id, c.run_day, c.day
    ),
    described AS (
        SELECT
            p.*,
            {'region': a.region, 'country': a.country, 'segment': a.segment, 'industry': a.industry,
             'size': a.size, 'channel': a.channel, 'owner': a.owner, 'team': a.team} AS dims,
            lag({'dims': dims, 'plan': plan}) OVER run IS DISTINCT FROM {'dims': dims, 'plan': plan} AS moved,
            lag(monthly_cents) OVER run IS DISTINCT FROM monthly_cents AS repriced
        FROM priced AS p
        LEFT JOIN (FROM work.account_versions WHERE chosen(id)) AS a
            ON a.id = p.id AND p.day >= a.start_day AND p.day < a.end_day
        WINDOW run AS (PARTITION BY p.id, p.run_day ORDER BY p.day)
    ),
    spells AS (
        SELECT
            d.*,
            CASE WHEN d.day > d.run_day THEN CASE WHEN repriced THEN 'repriced' ELSE 'moved' END
                 WHEN d.day = min(d.day) OVER (PARTITION BY d.id) THEN 'new'
                 ELSE 'back' END AS start_reason
        FROM described AS d
        WHERE d.day = d.run_day OR moved OR repriced
    ),
    ended AS (
        SELECT
            s.*, r.lost_day, r.lost_reason, r.basis,
            coalesce(lead(s.day) OVER run, r.lost_day) AS end_day,
            coalesce(lead(s.start_reason) OVER run, CASE WHEN r.lost_day IS NOT NULL THEN 'lost' END)
                AS end_reason
        FROM spells AS s JOIN runs AS r ON r.id = s.id AND r.start_day = s.run_day
        WINDOW run AS (PARTITION BY s.id, s.run_day ORDER BY s.day)
    )
    SELECT
        id, day AS start_day, end_day, lost_day, monthly_cents, NULL AS bad, id AS account,
        dims.region, dims.country, dims.segment, dims.industry, dims.size, dims.channel,
        dims.owner, dims.team, basis, plan, lost_reason, start_reason, end_reason
    FROM ended
    UNION ALL
    SELECT
        m.account_id, m.started_on, m.ended_on, NULL, m.monthly_cents, 'it ended before it began',
        m.account_id, a.region, a.country, a.segment, a.industry, a.size, a.channel, a.owner, a.team,
        'contract', m.plan, NULL, NULL, NULL
    FROM memberships AS m
    LEFT JOIN (FROM work.account_versions WHERE chosen(id)) AS a
        ON a.id = m.account_id AND m.started_on >= a.start_day AND m.started_on < a.end_day
    WHERE m.ended_on < m.started_on
    """,
)

# Leads have no history: region and owner are today's.
LEADS = Build(
    facts.leads,
    order="created_day",
    affected=(
        ("leads", "SELECT id FROM changed_leads"),
        ("opportunities lead_id opened_on", "SELECT lead_id FROM changed_opportunities"),
        ("business_days", "SELECT id FROM crm.leads"),
        *through(
            "crm.leads",
            region_id="places",
            owner_id="people",
            campaign_id="campaigns",
            converted_account_id="purchases",
        ),
    ),
    sql="""
    WITH leads AS (
        SELECT *, local_day(created_at) AS created_day FROM crm.leads WHERE chosen(id) LIMIT few()
    ),
    opened AS (
        SELECT l.id, min(o.opened_on) AS day
        FROM leads AS l JOIN crm.opportunities AS o ON o.lead_id = l.id AND o.opened_on >= l.created_day
        GROUP BY l.id
    ),
    bought AS (
        SELECT l.id, min(p.day) AS day
        FROM leads AS l JOIN work.purchases AS p ON p.id = l.converted_account_id AND p.day >= l.created_day
        GROUP BY l.id
    )
    SELECT
        l.id, l.created_day, opened.day AS opportunity_day, bought.day AS customer_day,
        local_day(l.first_response_at) AS response_day,
        business_clock(l.first_response_at, answered) - business_clock(l.created_at, came)
            AS response_seconds,
        coalesce(place.region, owner.region) AS region,
        coalesce(l.country, place.country) AS country,
        l.segment, l.channel, l.owner_id AS owner, owner.team, c.name AS campaign, l.status AS lead_status
    FROM leads AS l
    LEFT JOIN opened ON opened.id = l.id
    LEFT JOIN bought ON bought.id = l.id
    LEFT JOIN work.business_days AS came ON came.day = l.created_day
    LEFT JOIN work.business_days AS answered ON answered.day = local_day(l.first_response_at)
    LEFT JOIN work.places AS place ON place.id = l.region_id
    LEFT JOIN work.people AS owner ON owner.id = l.owner_id
    LEFT JOIN crm.campaigns AS c ON c.id = l.campaign_id
    """,
)

CUSTOMER = (CUSTOMERS, CUSTOMER_SPELLS, LEADS)
