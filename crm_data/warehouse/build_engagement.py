"""The facts of keeping in touch: the communication log, customers gone quiet, the loyalty programme."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.build_customers import CUSTOMER_SPELLS
from crm_data.warehouse.of_account import ALL, OfAccount

#: How an entry has an account that it does not name.
_WAYS = {"crm.contacts": "contact_id", "crm.opportunities": "opportunity_id", "crm.cases": "case_id"}


def _log(entries: str) -> str:
    """Entries with the account that each is about, and all that it would be about without the others."""
    return f"""(
    SELECT l.*, coalesce(l.account_id, c.account_id, d.account_id, s.account_id) AS account,
        [l.account_id, c.account_id, d.account_id, s.account_id] AS candidates
    FROM {entries} AS l
    LEFT JOIN crm.contacts AS c ON c.id = l.contact_id
    LEFT JOIN crm.opportunities AS d ON d.id = l.opportunity_id
    LEFT JOIN crm.cases AS s ON s.id = l.case_id
)"""


def _of_accounts(accounts: str) -> str:
    """The entries that are, or would be, about these accounts."""
    ways = (
        f"""SELECT id FROM crm.activities
            WHERE {key} IN (SELECT id FROM {table} WHERE account_id IN (FROM met))"""
        for table, key in _WAYS.items()
    )
    return f"""WITH met AS ({accounts})
        SELECT id FROM crm.activities WHERE account_id IN (FROM met) UNION ALL {" UNION ALL ".join(ways)}"""


# Computed after customer_spells, and again for the accounts for which these are.
ACTIVITIES = Build(
    facts.activities,
    order="day",
    of_account=OfAccount("day", ("country", "segment", "industry", "size", "channel"), ("region",)),
    affected=(
        ("activities", "SELECT id FROM changed_activities"),
        *through(
            "crm.activities",
            contact_id="contacts account_id",
            opportunity_id="opportunities account_id",
            case_id="cases account_id",
            user_id="people",
        ),
        *(
            (source, _of_accounts(accounts))
            for source, accounts in CUSTOMER_SPELLS.affected
            if source != "account_versions"
        ),
        # The segment says for how long somebody without a contract is a customer.
        (
            "account_versions segment",
            """SELECT id FROM activities WHERE account IN (
               SELECT id FROM customer_spells
               WHERE basis = 'silence' AND id IN (SELECT id FROM changed_account_versions))""",
        ),
    ),
    sql=f"""
    WITH log AS (
        SELECT *, local_day(happened_at) AS day
        FROM {_log("(FROM crm.activities WHERE chosen(id) LIMIT few())")}
    )
    SELECT
        l.id, l.day, CASE WHEN s.id IS NULL THEN 0 ELSE 1 END AS with_customer,
        l.account, coalesce(a.region, who.region) AS region, a.country, a.segment, a.industry, a.size,
        a.channel, l.user_id AS owner, who.team, l.kind AS activity, l.direction
    FROM log AS l
    LEFT JOIN work.account_versions AS a
        ON a.id = l.account AND l.day >= a.start_day AND l.day < a.end_day
    LEFT JOIN work.people AS who ON who.id = l.user_id
    LEFT JOIN customer_spells AS s
        ON s.id = l.account AND s.bad IS NULL
        AND l.day >= s.start_day AND l.day < coalesce(s.end_day, DATE 'infinity')
    """,
)

# Computed after activities and customer_spells, from both.
QUIET_SPELLS = Build(
    facts.quiet_spells,
    order="start_day",
    affected=(
        *CUSTOMER_SPELLS.affected,
        (
            "activities",
            f"SELECT account FROM {_log('changed_activities')}",
        ),
        # An entry that loses one of its accounts falls to the next one, and comes back from it.
        *(
            (
                f"{table} account_id",
                f"""SELECT account_id FROM changed_{table} UNION
                    SELECT unnest(candidates) FROM {_log("crm.activities")}
                    WHERE {key} IN (SELECT id FROM changed_{table})""",
            )
            for table, key in (("contacts", "contact_id"), ("opportunities", "opportunity_id"))
        ),
        ("cases account_id", "SELECT account_id FROM changed_cases"),
    ),
    sql="""
    WITH touched AS (SELECT DISTINCT account AS id, day FROM activities WHERE chosen(account)),
    -- Quiet from the 90th day after an entry until the next one; and before the first one.
    silences AS (
        SELECT id, day + 90 AS start_day,
            coalesce(lead(day) OVER (PARTITION BY id ORDER BY day), DATE 'infinity') AS end_day
        FROM touched
        UNION ALL
        SELECT s.id, DATE '-infinity', coalesce(min(t.day), DATE 'infinity')
        FROM (SELECT DISTINCT id FROM customer_spells WHERE chosen(id)) AS s
        LEFT JOIN touched AS t USING (id)
        GROUP BY s.id
    )
    SELECT
        c.id, greatest(c.start_day, s.start_day) AS start_day,
        nullif(least(coalesce(c.end_day, DATE 'infinity'), s.end_day), DATE 'infinity') AS end_day,
        c.account, c.region, c.country, c.segment, c.industry, c.size, c.channel, c.owner, c.team, c.plan,
        CASE WHEN s.start_day > c.start_day THEN 'quiet' ELSE c.start_reason END AS start_reason,
        CASE WHEN s.end_day < coalesce(c.end_day, DATE 'infinity') THEN 'touched' ELSE c.end_reason END
            AS end_reason
    FROM customer_spells AS c JOIN silences AS s
        ON s.id = c.id AND s.start_day < coalesce(c.end_day, DATE 'infinity') AND s.end_day > c.start_day
    WHERE chosen(c.id) AND c.bad IS NULL AND s.start_day < s.end_day
    """,
)

LOYALTY_SPELLS = Build(
    facts.loyalty_spells,
    order="start_day",
    affected=(
        ("loyalty", "SELECT id FROM changed_loyalty"),
        *through("crm.loyalty", account_id="account_versions"),
    ),
    sql="""
    WITH members AS (
        SELECT *, coalesce(left_on, DATE 'infinity') AS until FROM crm.loyalty WHERE chosen(id)
    )
    SELECT
        m.id, greatest(m.joined_on, a.start_day) AS start_day,
        nullif(least(m.until, a.end_day), DATE 'infinity') AS end_day, NULL AS bad,
        m.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        a.owner, a.team, m.tier,
        CASE WHEN a.start_day <= m.joined_on THEN 'new' ELSE 'moved' END AS start_reason,
        CASE WHEN a.end_day < m.until THEN 'moved' WHEN m.left_on IS NOT NULL THEN 'left' END AS end_reason
    FROM members AS m JOIN work.account_versions AS a
        ON a.id = m.account_id AND a.start_day < m.until AND a.end_day > m.joined_on
    WHERE m.until > m.joined_on
    UNION ALL
    SELECT
        m.id, m.joined_on, m.left_on, 'left before joining',
        m.account_id, a.region, a.country, a.segment, a.industry, a.size, a.channel, a.owner, a.team, m.tier,
        NULL, NULL
    FROM members AS m LEFT JOIN work.account_versions AS a
        ON a.id = m.account_id AND m.joined_on >= a.start_day AND m.joined_on < a.end_day
    WHERE m.until < m.joined_on
    """,
)

LOYALTY_POINTS = Build(
    facts.loyalty_points,
    order="day",
    of_account=OfAccount("day", ALL),
    affected=(
        ("loyalty_points", "SELECT id FROM changed_loyalty_points"),
        *through("crm.loyalty_points", loyalty_id="loyalty"),
    ),
    sql="""
    SELECT
        p.id, p.happened_on AS day,
        greatest(p.points, 0) AS earned, greatest(-p.points, 0) AS redeemed,
        m.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        a.owner, a.team, m.tier
    FROM crm.loyalty_points AS p
    LEFT JOIN crm.loyalty AS m ON m.id = p.loyalty_id
    LEFT JOIN work.account_versions AS a
        ON a.id = m.account_id AND p.happened_on >= a.start_day AND p.happened_on < a.end_day
    WHERE chosen(p.id)
    """,
)

ENGAGEMENT = (ACTIVITIES, QUIET_SPELLS, LOYALTY_SPELLS, LOYALTY_POINTS)
