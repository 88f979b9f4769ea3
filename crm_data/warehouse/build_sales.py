"""The facts of sales: deals and their spells."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.of_account import OfAccount

# What a deal takes from others.
_LINKS = through("crm.opportunities", region_id="places", product_id="products", campaign_id="campaigns")
_DEAL = (
    ("opportunities", "SELECT id FROM changed_opportunities"),
    ("deal_versions", "SELECT id FROM changed_deal_versions"),
    ("people", "SELECT id FROM work.deal_versions WHERE owner IN (SELECT id FROM changed_people)"),
    *_LINKS,
)

# What deals take from their account as it is, and what only where they have nothing of their own.
OWN = ("segment", "industry", "size")
ELSE = ("region", "own_region", "country", "channel")

DEALS = Build(
    facts.deals,
    order="closed_day, opened_day",
    of_account=OfAccount("coalesce(closed_day, DATE '9999-12-30')", OWN, ELSE),
    affected=(
        *_DEAL,
        (
            "exchange_rates",
            """SELECT o.id FROM crm.opportunities AS o JOIN changed_exchange_rates AS r
               ON r.currency = o.currency
               WHERE o.status = 'open' OR o.closed_on IS NULL OR o.closed_on >= r.valid_on""",
        ),
        (
            "activities",
            """SELECT id FROM crm.opportunities
               WHERE account_id IN (SELECT account_id FROM changed_activities)
                  OR lead_id IN (SELECT lead_id FROM changed_activities)""",
        ),
    ),
    sql="""
    WITH deals AS (
        SELECT
            *,
            -- Who owned it and where its account was, on the day it closed; today while it is open.
            CASE WHEN status = 'open' OR closed_on IS NULL THEN DATE '9999-12-30' ELSE closed_on END AS as_of,
            CASE WHEN status <> 'open' THEN closed_on END AS closed_day
        FROM crm.opportunities WHERE chosen(id) LIMIT few()
    ),
    of_accounts AS (
        SELECT account_id, local_day(min(happened_at)) AS day FROM crm.activities
        WHERE account_id IN (SELECT account_id FROM deals) GROUP BY account_id
    ),
    of_leads AS (
        SELECT lead_id, local_day(min(happened_at)) AS day FROM crm.activities
        WHERE lead_id IN (SELECT lead_id FROM deals) GROUP BY lead_id
    ),
    shown AS (
        SELECT
            d.id, d.status, d.opened_on AS opened_day, d.closed_day,
            cents(
                d.amount, d.currency, coalesce(d.closed_day, greatest(d.opened_on, v.start_day)),
                CASE WHEN d.closed_day IS NULL THEN rate.stock ELSE rate.flow END
            ) AS amount_cents,
            d.closed_day - d.opened_on AS cycle_days,
            d.closed_day - least(of_accounts.day, of_leads.day) AS since_contact,
            d.account_id AS account,
            coalesce(place.region, a.own_region, owner.region, a.region) AS region,
            coalesce(a.country, place.country) AS country,
            a.segment, a.industry, a.size, coalesce(d.channel, a.channel) AS channel,
            v.owner, owner.team, p.name AS product, p.family, c.name AS campaign, d.stage, d.close_reason
        FROM deals AS d
        -- The first of the large ones, so that the plan for a few deals is one for a few accounts.
        LEFT JOIN work.account_versions AS a
            ON a.id = d.account_id AND d.as_of >= a.start_day AND d.as_of < a.end_day
        -- The version in force on that day, or the first one where the history begins later.
        LEFT JOIN work.deal_versions AS v ON v.id = d.id AND d.as_of >= v.since_day AND d.as_of < v.end_day
        LEFT JOIN work.rates AS rate
            ON rate.currency = d.currency
            AND rate.day = rate_day(coalesce(d.closed_day, greatest(d.opened_on, v.start_day)))
        LEFT JOIN of_accounts ON of_accounts.account_id = d.account_id
        LEFT JOIN of_leads ON of_leads.lead_id = d.lead_id
        LEFT JOIN work.people AS owner ON owner.id = v.owner
        LEFT JOIN work.places AS place ON place.id = d.region_id
        LEFT JOIN crm.products AS p ON p.id = d.product_id
        LEFT JOIN crm.campaigns AS c ON c.id = d.campaign_id
    )
    SELECT
        * EXCLUDE (since_contact), CASE WHEN since_contact >= 0 THEN since_contact END AS contact_days,
        CASE status WHEN 'won' THEN amount_cents WHEN 'lost' THEN 0 END AS won_cents
    FROM shown
    """,
)

DEAL_SPELLS = Build(
    facts.deal_spells,
    order="start_day",
    of_account=OfAccount("coalesce(start_day, DATE '9999-12-30')", OWN, ELSE),
    affected=(
        *_DEAL,
        (
            "exchange_rates",
            """SELECT v.id FROM work.deal_versions AS v JOIN changed_exchange_rates AS r
               ON r.currency = v.currency JOIN crm.opportunities AS o ON o.id = v.id
               WHERE greatest(v.start_day, o.opened_on) >= r.valid_on""",
        ),
    ),
    sql="""
    WITH deals AS (
        SELECT
            id, account_id, product_id, campaign_id, region_id, channel, status, opened_on,
            CASE WHEN status <> 'open' THEN closed_on END AS closed_day,
            CASE
                WHEN opened_on IS NULL OR status = 'open' THEN NULL
                WHEN closed_on IS NULL THEN 'it is ' || status || ', but nobody knows since when'
                WHEN closed_on < opened_on THEN 'it was closed before it was opened'
            END AS bad
        FROM crm.opportunities WHERE chosen(id) LIMIT few()
    ),
    versions AS (SELECT * FROM work.deal_versions WHERE chosen(id)),
    spans AS (
        -- What was known, day by day, cut to the days on which the deal was open.
        SELECT
            d.*, greatest(v.start_day, d.opened_on) AS start_day,
            nullif(least(v.end_day, coalesce(d.closed_day, DATE 'infinity')), DATE 'infinity') AS end_day,
            v.stage, v.amount, v.currency, v.probability, v.owner, v.expected_close,
            greatest(v.start_day, d.opened_on) AS rate_day
        FROM deals AS d JOIN versions AS v ON v.id = d.id
        WHERE d.opened_on IS NOT NULL AND d.bad IS NULL
          AND greatest(v.start_day, d.opened_on) < least(v.end_day, coalesce(d.closed_day, DATE 'infinity'))
        UNION ALL
        -- Before its history began, only that it was open; so too one that closed the day it opened,
        -- and one whose days make no sense.
        SELECT
            d.*, d.opened_on,
            CASE WHEN d.bad IS NOT NULL OR v.start_day <= d.opened_on THEN d.closed_day
                 ELSE nullif(least(v.start_day, coalesce(d.closed_day, DATE 'infinity')), DATE 'infinity')
            END,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM deals AS d LEFT JOIN versions AS v ON v.id = d.id AND v.since_day = DATE '-infinity'
        WHERE d.opened_on IS NOT NULL
          AND (d.bad IS NOT NULL OR d.closed_day = d.opened_on OR v.start_day > d.opened_on)
        UNION ALL
        -- Nobody knows when it was opened: one row without a start, with what is known now.
        SELECT
            d.*, NULL, d.closed_day,
            v.stage, v.amount, v.currency, v.probability, v.owner, v.expected_close,
            coalesce(d.closed_day, v.start_day)
        FROM deals AS d JOIN versions AS v ON v.id = d.id AND v.end_day = DATE 'infinity'
        WHERE d.opened_on IS NULL
    ),
    valued AS (
        SELECT s.*, cents(amount, s.currency, rate_day, rate.stock) AS amount_cents
        FROM spans AS s
        LEFT JOIN work.rates AS rate ON rate.currency = s.currency AND rate.day = rate_day(s.rate_day)
    )
    SELECT
        s.id, s.start_day, s.end_day, s.expected_close AS expected_day,
        s.amount_cents,
        -- Probabilities to a millionth, so that the product is exact; halves away from zero.
        rounded(s.amount_cents * 1000, CAST(round(s.probability * 1000000) AS BIGINT) * 100)
            AS weighted_cents,
        s.bad,
        s.account_id AS account,
        coalesce(place.region, a.own_region, owner.region, a.region) AS region,
        coalesce(a.country, place.country) AS country,
        a.segment, a.industry, a.size, coalesce(s.channel, a.channel) AS channel,
        s.owner, owner.team, p.name AS product, p.family, c.name AS campaign, s.stage,
        CASE WHEN s.start_day IS NULL OR s.start_day = s.opened_on THEN 'opened' ELSE 'changed' END
            AS start_reason,
        CASE WHEN s.end_day IS DISTINCT FROM s.closed_day THEN 'changed'
             WHEN s.status <> 'open' THEN s.status END AS end_reason
    FROM valued AS s
    LEFT JOIN work.account_versions AS a
        ON a.id = s.account_id
        AND coalesce(s.start_day, DATE '9999-12-30') >= a.start_day
        AND coalesce(s.start_day, DATE '9999-12-30') < a.end_day
    LEFT JOIN work.people AS owner ON owner.id = s.owner
    LEFT JOIN work.places AS place ON place.id = s.region_id
    LEFT JOIN crm.products AS p ON p.id = s.product_id
    LEFT JOIN crm.campaigns AS c ON c.id = s.campaign_id
    """,
)

SALES = (DEALS, DEAL_SPELLS)
