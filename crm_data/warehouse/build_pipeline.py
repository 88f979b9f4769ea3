"""How deals move: the order of stages, visits to them, expected closing days, quotes."""

from sqlalchemy import BigInteger, Column, Float, MetaData, String, Table

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.build_sales import DEAL_SPELLS, ELSE, OWN
from crm_data.warehouse.of_account import OfAccount

# The CRM's own order. Without one, a stage comes after those that it follows in more deals than it
# precedes; the latest 20,000 deals tell. A deal that skips a stage says nothing of it.
STAGE_ORDER = Build(
    Table(
        "stage_order",
        MetaData(schema="work"),
        Column("id", BigInteger),
        Column("stage", String),
        Column("position", BigInteger),
        Column("probability", Float),
    ),
    whole=True,
    affected=(
        ("stages", "SELECT id FROM changed_stages"),
        ("deal_versions", "SELECT id FROM changed_deal_versions"),
        ("opportunities", "SELECT id FROM changed_opportunities"),
    ),
    sql="""
    WITH seen AS (
        SELECT v.id, v.stage, min(v.start_day) AS day
        FROM work.deal_versions AS v JOIN crm.opportunities AS o USING (id)
        WHERE NOT EXISTS (FROM crm.stages) AND o.id > (SELECT max(id) - 20000 FROM crm.opportunities)
          AND (o.status = 'open' OR v.start_day < o.closed_on)
        GROUP BY v.id, v.stage
    ),
    pairs AS (
        SELECT one.stage, sum(sign(one.day - other.day)) AS later
        FROM seen AS one LEFT JOIN seen AS other ON other.id = one.id AND other.stage <> one.stage
        GROUP BY one.stage, other.stage
    ),
    inferred AS (
        SELECT stage, row_number() OVER (ORDER BY count(*) FILTER (later > 0), stage) AS position
        FROM pairs GROUP BY stage
    )
    SELECT position AS id, stage, position, NULL AS probability FROM inferred
    UNION ALL
    SELECT id, name, position, probability FROM crm.stages
    """,
)

STAGES = Build(
    facts.stages,
    whole=True,
    affected=(("stage_order", "SELECT id FROM changed_stage_order"),),
    sql="SELECT stage, position, probability FROM work.stage_order",
)

STAGE_VISITS = Build(
    facts.stage_visits,
    order="entered_day",
    of_account=OfAccount("entered_day", OWN, ELSE),
    affected=(*DEAL_SPELLS.affected, ("stage_order", "SELECT id FROM crm.opportunities")),
    sql="""
    WITH spans AS (
        SELECT
            id, start_day, end_day, end_reason, stage, lag(stage) OVER w IS DISTINCT FROM stage AS enters,
            lead(stage) OVER w IS DISTINCT FROM stage AS leaves
        FROM deal_spells WHERE chosen(id) AND bad IS NULL AND start_day IS NOT NULL
        WINDOW w AS (PARTITION BY id ORDER BY start_day)
    ),
    -- The span with which a visit begins, and what the one with which it ends says of its end.
    visits AS (
        SELECT id, stage, start_day AS entered_day,
            CASE WHEN leaves THEN end_day ELSE lead(end_day) OVER w END AS left_day,
            CASE WHEN leaves THEN end_reason ELSE lead(end_reason) OVER w END AS left_for
        FROM (FROM spans WHERE enters OR leaves)
        WINDOW w AS (PARTITION BY id ORDER BY start_day)
        QUALIFY enters
    ),
    placed AS (
        SELECT v.*, s.position
        FROM visits AS v LEFT JOIN work.stage_order AS s ON s.stage = v.stage
        WHERE v.stage IS NOT NULL
    ),
    further AS (
        SELECT
            one.id, one.entered_day,
            min(CASE WHEN other.position > one.position THEN other.entered_day
                     WHEN other.left_for = 'won' THEN other.left_day END)
                FILTER (WHERE other.entered_day >= one.entered_day) AS day,
            min(other.entered_day) FILTER (WHERE other.stage = one.stage) AS first_day
        FROM placed AS one JOIN placed AS other ON other.id = one.id
        GROUP BY one.id, one.entered_day
    )
    SELECT
        v.id, v.entered_day, v.left_day, f.day AS further_day, v.left_day - v.entered_day AS days, v.position,
        CAST(v.entered_day = f.first_day AS TINYINT) AS first,
        s.account, s.region, s.country, s.segment, s.industry, s.size, s.channel,
        s.owner, s.team, s.product, s.family, s.campaign, v.stage
    FROM placed AS v JOIN further AS f USING (id, entered_day)
    -- LEFT, so that the spells of a few deals are looked up before they are joined.
    LEFT JOIN (FROM deal_spells WHERE chosen(id) AND bad IS NULL) AS s
        ON s.id = v.id AND s.start_day = v.entered_day
    """,
)

CLOSE_DATES = Build(
    facts.close_dates,
    order="due_day",
    of_account=OfAccount(others=(*OWN, *ELSE)),
    affected=DEAL_SPELLS.affected,
    sql="""
    WITH spans AS (
        SELECT
            id, start_day, expected_day,
            lag(expected_day) OVER w IS DISTINCT FROM expected_day OR lag(id) OVER w IS NULL AS sets,
            lead(expected_day) OVER w IS DISTINCT FROM expected_day OR lead(id) OVER w IS NULL AS drops
        FROM deal_spells WHERE chosen(id) AND bad IS NULL AND start_day IS NOT NULL
        WINDOW w AS (PARTITION BY id ORDER BY start_day)
    ),
    -- The last span of each date.
    followed AS (
        SELECT
            id, start_day, expected_day,
            CASE WHEN sets THEN start_day ELSE lag(start_day) OVER w END AS set_day,
            lead(expected_day) OVER w AS moved_to,
            CASE WHEN moved_to IS NOT NULL THEN lead(start_day) OVER w END AS moved_day
        FROM (FROM spans WHERE sets OR drops)
        WINDOW w AS (PARTITION BY id ORDER BY start_day)
        QUALIFY drops
    )
    SELECT
        f.id, f.set_day, f.expected_day AS due_day, f.moved_day, f.moved_to,
        f.moved_to - f.expected_day AS days_moved,
        s.amount_cents, s.account, s.region, s.country, s.segment, s.industry, s.size, s.channel,
        s.owner, s.team, s.product, s.family, s.campaign, s.stage
    FROM followed AS f
    -- LEFT, so that the spells of a few deals are looked up before they are joined.
    LEFT JOIN (FROM deal_spells WHERE chosen(id) AND bad IS NULL) AS s USING (id, start_day)
    WHERE f.expected_day IS NOT NULL
    """,
)

QUOTES = Build(
    facts.quotes,
    order="sent_day",
    of_account=OfAccount("coalesce(sent_day, DATE '9999-12-30')", OWN, ELSE),
    affected=(
        ("quotes", "SELECT id FROM changed_quotes"),
        *through(
            "crm.quotes",
            opportunity_id="opportunities account_id region_id product_id campaign_id channel",
        ),
        *(
            (table, f"SELECT id FROM crm.quotes WHERE opportunity_id IN ({deals})")
            for table, deals in (
                ("deal_versions", "SELECT id FROM changed_deal_versions"),
                (
                    "people",
                    "SELECT id FROM work.deal_versions WHERE owner IN (SELECT id FROM changed_people)",
                ),
                *through(
                    "crm.opportunities",
                    region_id="places",
                    product_id="products",
                    campaign_id="campaigns",
                ),
            )
        ),
        (
            "exchange_rates",
            """SELECT q.id FROM crm.quotes AS q JOIN changed_exchange_rates AS r
               ON r.currency = q.currency AND q.sent_on >= r.valid_on""",
        ),
    ),
    sql="""
    WITH sent AS (
        SELECT
            q.id, q.opportunity_id, coalesce(q.account_id, d.account_id) AS account_id,
            q.sent_on, coalesce(q.sent_on, DATE '9999-12-30') AS as_of, q.accepted_on, q.amount, q.currency,
            d.region_id, d.product_id, d.campaign_id, d.channel
        FROM (FROM crm.quotes WHERE chosen(id) LIMIT few()) AS q
        LEFT JOIN crm.opportunities AS d ON d.id = q.opportunity_id
    )
    SELECT
        s.id, s.sent_on AS sent_day, s.accepted_on AS accepted_day,
        cents(s.amount, s.currency, s.sent_on, rate.flow) AS amount_cents,
        s.account_id AS account,
        coalesce(place.region, a.own_region, owner.region, a.region) AS region,
        coalesce(a.country, place.country) AS country,
        a.segment, a.industry, a.size, coalesce(s.channel, a.channel) AS channel,
        v.owner, owner.team, p.name AS product, p.family, c.name AS campaign
    FROM sent AS s
    -- The first of the large ones, so that the plan for a few quotes is one for a few accounts.
    LEFT JOIN work.account_versions AS a
        ON a.id = s.account_id AND s.as_of >= a.start_day AND s.as_of < a.end_day
    -- The version in force on that day, or the first one where the history begins later.
    LEFT JOIN work.deal_versions AS v
        ON v.id = s.opportunity_id AND s.as_of >= v.since_day AND s.as_of < v.end_day
    LEFT JOIN work.rates AS rate ON rate.currency = s.currency AND rate.day = rate_day(s.sent_on)
    LEFT JOIN work.people AS owner ON owner.id = v.owner
    LEFT JOIN work.places AS place ON place.id = s.region_id
    LEFT JOIN crm.products AS p ON p.id = s.product_id
    LEFT JOIN crm.campaigns AS c ON c.id = s.campaign_id
    """,
)

PIPELINE = (STAGE_ORDER, STAGES, STAGE_VISITS, CLOSE_DATES, QUOTES)
