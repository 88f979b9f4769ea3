"""The facts of marketing: costs, people addressed, mails, web, mentions; and the organisation's goals."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.build_attribution import ATTRIBUTIONS
from crm_data.warehouse.of_account import OfAccount

SPEND = Build(
    facts.spend,
    order="day",
    affected=(
        ("spend", "SELECT id FROM changed_spend"),
        *through("crm.spend", campaign_id="campaigns", region_id="places"),
        (
            "places",
            """SELECT s.id FROM crm.spend AS s JOIN crm.campaigns AS c ON c.id = s.campaign_id
               WHERE c.region_id IN (SELECT id FROM changed_places)""",
        ),
        (
            "exchange_rates",
            """SELECT s.id FROM crm.spend AS s JOIN changed_exchange_rates AS r
               ON r.currency = s.currency AND s.spent_on >= r.valid_on""",
        ),
    ),
    sql="""
    SELECT
        s.id, s.spent_on AS day, cents(s.amount, s.currency, s.spent_on, rate.flow) AS amount_cents,
        place.region, coalesce(s.channel, c.channel) AS channel, c.name AS campaign, s.kind AS spend_kind
    FROM crm.spend AS s
    LEFT JOIN work.rates AS rate ON rate.currency = s.currency AND rate.day = rate_day(s.spent_on)
    LEFT JOIN crm.campaigns AS c ON c.id = s.campaign_id
    LEFT JOIN work.places AS place ON place.id = coalesce(s.region_id, c.region_id)
    WHERE chosen(s.id)
    """,
)

EMAILS = Build(
    facts.emails,
    order="sent_day",
    of_account=OfAccount("sent_day", ("region", "country", "segment", "channel")),
    affected=(
        ("emails", "SELECT id FROM changed_emails"),
        *through("crm.emails", contact_id="contacts", campaign_id="campaigns"),
    ),
    sql="""
    WITH mails AS (
        SELECT *, local_day(sent_at) AS sent_day FROM crm.emails WHERE chosen(id) LIMIT few()
    )
    SELECT
        m.id, m.sent_day, m.contact_id AS contact,
        m.delivered_at AS delivered, m.opened_at AS opened, m.clicked_at AS clicked,
        m.unsubscribed_at AS unsubscribed, m.bounced_at AS bounced,
        c.account_id AS account, a.region, a.country, a.segment, a.channel, campaign.name AS campaign
    FROM mails AS m
    LEFT JOIN crm.contacts AS c ON c.id = m.contact_id
    LEFT JOIN work.account_versions AS a
        ON a.id = c.account_id AND m.sent_day >= a.start_day AND m.sent_day < a.end_day
    LEFT JOIN crm.campaigns AS campaign ON campaign.id = m.campaign_id
    """,
)

MEMBERS = Build(
    facts.campaign_members,
    order="joined_day",
    of_account=OfAccount(others=("region", "country", "segment")),
    affected=(
        ("campaign_members", "SELECT id FROM changed_campaign_members"),
        *through(
            "crm.campaign_members",
            contact_id="contacts",
            lead_id="leads owner_id region_id country segment",
            campaign_id="campaigns",
        ),
        (
            "people",
            """SELECT m.id FROM crm.campaign_members AS m JOIN crm.leads AS l ON l.id = m.lead_id
               WHERE l.owner_id IN (SELECT id FROM changed_people)""",
        ),
        (
            "places",
            """SELECT m.id FROM crm.campaign_members AS m JOIN crm.leads AS l ON l.id = m.lead_id
               WHERE l.region_id IN (SELECT id FROM changed_places)""",
        ),
        (
            "places",
            """SELECT m.id FROM crm.campaign_members AS m JOIN crm.campaigns AS c ON c.id = m.campaign_id
               WHERE c.region_id IN (SELECT id FROM changed_places)""",
        ),
    ),
    sql="""
    WITH members AS (
        SELECT *, local_day(joined_at) AS joined_day FROM crm.campaign_members WHERE chosen(id) LIMIT few()
    )
    SELECT
        m.id, m.joined_day, local_day(m.responded_at) AS responded_day, contact.account_id AS account,
        coalesce(a.region, lead_place.region, owner.region, place.region) AS region,
        coalesce(a.country, l.country, lead_place.country) AS country,
        coalesce(a.segment, l.segment) AS segment, c.channel, c.name AS campaign
    FROM members AS m
    LEFT JOIN crm.contacts AS contact ON contact.id = m.contact_id
    LEFT JOIN work.account_versions AS a
        ON a.id = contact.account_id AND m.joined_day >= a.start_day AND m.joined_day < a.end_day
    LEFT JOIN crm.leads AS l ON l.id = m.lead_id
    LEFT JOIN work.places AS lead_place ON lead_place.id = l.region_id
    LEFT JOIN work.people AS owner ON owner.id = l.owner_id
    LEFT JOIN crm.campaigns AS c ON c.id = m.campaign_id
    LEFT JOIN work.places AS place ON place.id = c.region_id
    """,
)

WEB_TRAFFIC = Build(
    facts.web_traffic,
    order="day",
    affected=(
        ("web_traffic", "SELECT id FROM changed_web_traffic"),
        ("places", "SELECT id FROM crm.web_traffic"),
    ),
    sql="""
    WITH countries AS (
        SELECT country, any_value(region) AS region FROM work.places
        GROUP BY country HAVING count(DISTINCT region) = 1
    )
    SELECT w.id, w.day, w.sessions, w.conversions, c.region, w.country, w.source AS web_source
    FROM crm.web_traffic AS w LEFT JOIN countries AS c ON CAST(c.country AS VARCHAR) = w.country
    WHERE chosen(w.id)
    """,
)

SOCIAL_MENTIONS = Build(
    facts.social_mentions,
    order="day",
    affected=(
        ("social_mentions", "SELECT id FROM changed_social_mentions"),
        *through("crm.social_mentions", campaign_id="campaigns", product_id="products"),
    ),
    sql="""
    SELECT
        m.id, local_day(m.mentioned_at) AS day,
        CAST(round(m.sentiment * 100) AS BIGINT) AS sentiment_hundredths, m.reach,
        m.network, c.name AS campaign, p.name AS product, p.family
    FROM crm.social_mentions AS m
    LEFT JOIN crm.campaigns AS c ON c.id = m.campaign_id
    LEFT JOIN crm.products AS p ON p.id = m.product_id
    WHERE chosen(m.id)
    """,
)

TARGETS = Build(
    facts.targets,
    whole=True,
    affected=(("targets", "SELECT id FROM changed_targets"),),
    sql="""
    SELECT kpi, dimension, member, period_start AS start_day, period_end AS end_day, target, floor
    FROM crm.targets
    """,
)

MARKETING = (SPEND, ATTRIBUTIONS, MEMBERS, EMAILS, WEB_TRAFFIC, SOCIAL_MENTIONS, TARGETS)
