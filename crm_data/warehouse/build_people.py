"""What the facts have in common: places, people, accounts and deals as they were, purchases."""

from sqlalchemy import BigInteger, Column, Date, Float, MetaData, String, Table

from crm_data.warehouse.build import Build, through

_work = MetaData(schema="work")


def _table(name: str, *columns: Column) -> Table:  # type: ignore[type-arg]
    return Table(name, _work, Column("id", BigInteger), *columns)


def _category(name: str, category: str | None = None) -> Column[str]:
    return Column(name, String, info={"category": category or name})


# The sales region of each region is the root of its tree; its country the nearest one upwards.
# The depth limit ends trees that bite their own tail.
PLACES = Build(
    _table("places", _category("region"), _category("country")),
    whole=True,
    affected=(("regions", "SELECT id FROM changed_regions"),),
    sql="""
    WITH RECURSIVE upwards AS (
        SELECT id, name, parent_id, country, 0 AS depth FROM crm.regions
        UNION ALL
        SELECT u.id, r.name, r.parent_id, coalesce(u.country, r.country), u.depth + 1
        FROM upwards AS u JOIN crm.regions AS r ON r.id = u.parent_id
        WHERE u.depth < 20
    )
    SELECT id, arg_max(name, depth) AS region, arg_max(country, depth) AS country
    FROM upwards GROUP BY id
    """,
)

PEOPLE = Build(
    _table("people", _category("region"), _category("team")),
    affected=(
        ("users", "SELECT id FROM changed_users"),
        *through("crm.users", team_id="teams", region_id="places"),
    ),
    sql="""
    SELECT u.id, p.region, t.name AS team
    FROM crm.users AS u
    LEFT JOIN crm.teams AS t ON t.id = u.team_id
    LEFT JOIN work.places AS p ON p.id = u.region_id
    WHERE chosen(u.id)
    """,
)

# An account in the days [start_day, end_day): what the last change on or before a day said. The
# first version reaches back for ever, the last one forward. An account without history is what it
# is now. region falls back to the owner's region; own_region does not.
ACCOUNT_VERSIONS = Build(
    _table(
        "account_versions",
        Column("start_day", Date),
        Column("end_day", Date),
        _category("region"),
        _category("own_region", "region"),
        _category("country"),
        _category("segment"),
        _category("industry"),
        _category("size"),
        _category("channel"),
        Column("owner", BigInteger),
        _category("team"),
    ),
    seamless=True,
    affected=(
        ("accounts", "SELECT id FROM changed_accounts"),
        ("account_history", "SELECT account_id FROM changed_account_history"),
        *through("crm.accounts", region_id="places", owner_id="people"),
        *through("crm.account_history", root="account_id", region_id="places", owner_id="people"),
    ),
    sql="""
    WITH changes AS (
        SELECT *, local_day(changed_at) AS day FROM crm.account_history WHERE chosen(account_id)
    ),
    last_of_day AS (
        SELECT *, first(day) OVER w AS first_day, lead(day) OVER w AS next_day
        FROM changes WINDOW w AS (PARTITION BY account_id ORDER BY day, changed_at, id)
        QUALIFY next_day IS DISTINCT FROM day
    ),
    versions AS (
        SELECT
            account_id,
            CASE WHEN day = first_day THEN DATE '-infinity' ELSE day END AS start_day,
            coalesce(next_day, DATE 'infinity') AS end_day,
            segment, industry, region_id, owner_id
        FROM last_of_day
        UNION ALL
        SELECT id, DATE '-infinity', DATE 'infinity', segment, industry, region_id, owner_id
        FROM crm.accounts WHERE chosen(id) AND id NOT IN (SELECT account_id FROM last_of_day)
    )
    SELECT
        a.id, v.start_day, v.end_day,
        coalesce(place.region, owner.region) AS region,
        place.region AS own_region,
        coalesce(a.country, place.country) AS country,
        v.segment, v.industry, a.size, a.acquisition_channel AS channel,
        v.owner_id AS owner, owner.team
    FROM versions AS v
    JOIN crm.accounts AS a ON a.id = v.account_id
    LEFT JOIN work.places AS place ON place.id = v.region_id
    LEFT JOIN work.people AS owner ON owner.id = v.owner_id
    """,
)

# What is known of a deal in the days [start_day, end_day): the last state of each day on which it
# changed. Before the first row nothing is known. A deal without history is known since it was last
# written, and is what it is now; so is the last version of any deal that is still open.
# since_day: start_day, but of the first row -infinity, for those who take the oldest that is known.
DEAL_VERSIONS = Build(
    _table(
        "deal_versions",
        Column("since_day", Date),
        Column("start_day", Date),
        Column("end_day", Date),
        _category("stage"),
        Column("amount", BigInteger),
        Column("currency", String),
        Column("probability", Float),
        Column("owner", BigInteger),
        Column("expected_close", Date),
    ),
    affected=(
        ("opportunities", "SELECT id FROM changed_opportunities"),
        ("opportunity_history", "SELECT opportunity_id FROM changed_opportunity_history"),
    ),
    sql="""
    WITH changes AS (
        SELECT *, local_day(changed_at) AS day FROM crm.opportunity_history WHERE chosen(opportunity_id)
    ),
    past AS (
        -- The last change of each day.
        SELECT
            opportunity_id AS id,
            CASE WHEN day > first(day) OVER w THEN day ELSE DATE '-infinity' END AS since_day,
            day AS start_day, coalesce(lead(day) OVER w, DATE 'infinity') AS end_day,
            stage, amount, currency, probability, owner_id AS owner, expected_close
        FROM changes WINDOW w AS (PARTITION BY opportunity_id ORDER BY day, changed_at, id)
        QUALIFY end_day > day
    )
    SELECT past.* FROM past JOIN crm.opportunities AS o USING (id)
    WHERE o.status <> 'open' OR end_day < DATE 'infinity'
    UNION ALL
    SELECT
        o.id, coalesce(past.since_day, DATE '-infinity'), coalesce(past.start_day, local_day(o.updated_at)),
        DATE 'infinity',
        o.stage, o.amount, o.currency, o.probability, o.owner_id, o.expected_close
    FROM crm.opportunities AS o LEFT JOIN past ON past.id = o.id AND past.end_day = DATE 'infinity'
    WHERE chosen(o.id) AND (o.status = 'open' OR past.id IS NULL)
    """,
)

# Unbroken memberships. One that begins on or before the last day of another continues it.
CONTRACTS = Build(
    _table(
        "contracts",
        Column("start_day", Date),
        Column("lost_day", Date),
        _category("lost_reason"),
    ),
    affected=(("memberships", "SELECT account_id FROM changed_memberships"),),
    sql="""
    WITH sound AS (
        SELECT *, coalesce(ended_on, DATE 'infinity') AS until FROM crm.memberships
        WHERE chosen(account_id) AND (ended_on IS NULL OR ended_on >= started_on)
    ),
    joined AS (
        SELECT *, started_on <= max(until) OVER before AS continues
        FROM sound
        WINDOW before AS (
            PARTITION BY account_id ORDER BY started_on, until, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ),
    numbered AS (
        SELECT *, count(*) FILTER (WHERE continues IS NOT true) OVER (
            PARTITION BY account_id ORDER BY started_on, until, id
        ) AS run
        FROM joined
    )
    SELECT
        account_id AS id,
        min(started_on) AS start_day,
        nullif(max(until), DATE 'infinity') AS lost_day,
        CASE WHEN max(until) < DATE 'infinity' THEN arg_max_null(end_reason, (until, id)) END AS lost_reason
    FROM numbered GROUP BY account_id, run
    """,
)

# The days on which an account bought: invoiced; or won, where it has no invoices; or began to be a
# member, where it has neither.
PURCHASES = Build(
    _table("purchases", Column("day", Date)),
    affected=(
        ("invoices", "SELECT account_id FROM changed_invoices"),
        ("opportunities account_id status closed_on", "SELECT account_id FROM changed_opportunities"),
        ("contracts", "SELECT id FROM changed_contracts"),
    ),
    sql="""
    WITH invoiced AS (
        SELECT DISTINCT account_id AS id, issued_on AS day FROM crm.invoices
        WHERE kind = 'invoice' AND chosen(account_id)
    ),
    won AS (
        SELECT DISTINCT account_id AS id, closed_on AS day FROM crm.opportunities
        WHERE status = 'won' AND account_id IS NOT NULL AND closed_on IS NOT NULL AND chosen(account_id)
    )
    SELECT id, day FROM invoiced
    UNION ALL
    SELECT id, day FROM won ANTI JOIN invoiced USING (id)
    UNION ALL
    SELECT id, start_day FROM work.contracts
    WHERE chosen(id) AND id NOT IN (SELECT id FROM invoiced) AND id NOT IN (SELECT id FROM won)
    """,
)

COMMON = (PLACES, PEOPLE, ACCOUNT_VERSIONS, DEAL_VERSIONS, CONTRACTS, PURCHASES)
