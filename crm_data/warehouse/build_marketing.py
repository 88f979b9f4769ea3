"""The facts of marketing: what acquisition costs, and the mails sent; and the organisation's goals."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through

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
        s.id, s.spent_on AS day, flow_cents(s.amount, s.currency, s.spent_on) AS amount_cents,
        place.region, coalesce(s.channel, c.channel) AS channel, c.name AS campaign, s.kind AS spend_kind
    FROM crm.spend AS s
    LEFT JOIN crm.campaigns AS c ON c.id = s.campaign_id
    LEFT JOIN work.places AS place ON place.id = coalesce(s.region_id, c.region_id)
    WHERE chosen(s.id)
    """,
)

EMAILS = Build(
    facts.emails,
    order="sent_day",
    affected=(
        ("emails", "SELECT id FROM changed_emails"),
        *through("crm.emails", contact_id="contacts", campaign_id="campaigns"),
        (
            "account_versions",
            """SELECT e.id FROM crm.emails AS e JOIN crm.contacts AS c ON c.id = e.contact_id
               WHERE c.account_id IN (SELECT id FROM changed_account_versions)""",
        ),
    ),
    sql="""
    WITH mails AS (SELECT *, local_day(sent_at) AS sent_day FROM crm.emails WHERE chosen(id))
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

TARGETS = Build(
    facts.targets,
    whole=True,
    affected=(("targets", "SELECT id FROM changed_targets"),),
    sql="""
    SELECT kpi, dimension, member, period_start AS start_day, period_end AS end_day, target, floor
    FROM crm.targets
    """,
)

MARKETING = (SPEND, EMAILS, TARGETS)
