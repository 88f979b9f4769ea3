"""The facts of cases: each as a whole, each time it was closed, and for as long as it was open."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.of_account import CUSTOMER, OfAccount

_CHOSEN = "(FROM crm.cases WHERE chosen(id) LIMIT few())"

# Cases with their account: their own, else their contact's.
_ATTRIBUTED = f"""(
        SELECT k.* REPLACE (coalesce(k.account_id, c.account_id) AS account_id)
        FROM {_CHOSEN} AS k LEFT JOIN crm.contacts AS c ON c.id = k.contact_id
    )"""

#: The cases that take something from changed rows of other tables.
LINKED = through(
    "crm.cases", contact_id="contacts", owner_id="people", team_id="teams", product_id="products"
)

_AFFECTED = (
    ("cases", "SELECT id FROM changed_cases"),
    ("case_reopenings", "SELECT case_id FROM changed_case_reopenings"),
    *LINKED,
)

_SHOWN = """
        k.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        k.owner_id AS owner, coalesce(t.name, owner.team) AS team,
        p.name AS product, p.family, k.cause, k.priority, k.channel AS case_channel, k.kind AS case_kind
"""


def _joins(day: str) -> str:
    """The tables that a case's dimensions come from; the account as it was on the day."""
    return f"""
    LEFT JOIN work.account_versions AS a ON a.id = k.account_id AND {day} >= a.start_day AND {day} < a.end_day
    LEFT JOIN work.people AS owner ON owner.id = k.owner_id
    LEFT JOIN crm.teams AS t ON t.id = k.team_id
    LEFT JOIN crm.products AS p ON p.id = k.product_id
    """


def _hours(seconds: str) -> str:
    """Seconds as hundredths of an hour, halves up."""
    return f"CAST(floor(({seconds} + 18) / 36) AS BIGINT)"


CASES = Build(
    facts.cases,
    order="opened_day",
    of_account=OfAccount("opened_day", CUSTOMER),
    affected=(*_AFFECTED, ("business_days", "SELECT id FROM crm.cases")),
    sql=f"""
    WITH cases AS (
        SELECT *, local_day(opened_at) AS opened_day FROM {_ATTRIBUTED}
    ),
    reopenings AS (
        SELECT case_id AS id, count(*) AS times FROM crm.case_reopenings
        WHERE chosen(case_id) GROUP BY case_id
    )
    SELECT
        k.id, k.opened_day, local_day(k.response_due_at) AS response_due_day,
        local_day(k.first_response_at) AS response_day,
        local_day(k.due_at) AS due_day, local_day(k.resolved_at) AS resolved_day,
        {_hours("business_clock(k.first_response_at, answered) - business_clock(k.opened_at, opened)")}
            AS response_hundredths,
        {_hours("date_diff('second', k.opened_at, k.resolved_at)")} AS resolution_hundredths,
        coalesce(r.times, 0) AS reopened,
        CASE WHEN k.response_due_at IS NULL THEN NULL
             WHEN k.first_response_at <= k.response_due_at THEN 1 ELSE 0 END AS response_on_time,
        CASE WHEN k.due_at IS NULL THEN NULL WHEN k.resolved_at <= k.due_at THEN 1 ELSE 0 END AS on_time,
        {_SHOWN}
    FROM cases AS k LEFT JOIN reopenings AS r ON r.id = k.id
    LEFT JOIN work.business_days AS opened ON opened.day = k.opened_day
    LEFT JOIN work.business_days AS answered ON answered.day = local_day(k.first_response_at)
    {_joins("k.opened_day")}
    """,
)

# The n-th time a case was closed and, if so, opened again. The last closing is the case's own.
_CLOSINGS = f"""
    again AS (
        SELECT
            case_id AS id, resolved_at AS closed_at, reopened_at,
            row_number() OVER (PARTITION BY case_id ORDER BY reopened_at, r.id) AS attempt
        FROM crm.case_reopenings AS r WHERE chosen(case_id)
    ),
    closings AS (
        SELECT id, attempt, closed_at, reopened_at FROM again
        UNION ALL
        SELECT k.id, 1 + count(again.id), k.resolved_at, NULL
        FROM {_CHOSEN} AS k LEFT JOIN again ON again.id = k.id
        GROUP BY k.id, k.resolved_at
    )
"""

CASE_CLOSINGS = Build(
    facts.case_closings,
    order="closed_day",
    of_account=OfAccount("closed_day", CUSTOMER),
    affected=_AFFECTED,
    sql=f"""
    WITH {_CLOSINGS},
    closed AS (
        SELECT id, attempt, local_day(closed_at) AS closed_day, local_day(reopened_at) AS reopened_day
        FROM closings WHERE closed_at IS NOT NULL
    )
    SELECT c.id, c.closed_day, c.reopened_day, c.attempt, {_SHOWN}
    FROM closed AS c JOIN {_ATTRIBUTED} AS k ON k.id = c.id
    {_joins("c.closed_day")}
    """,
)

CASE_SPELLS = Build(
    facts.case_spells,
    order="start_day",
    of_account=OfAccount("start_day", CUSTOMER),
    affected=_AFFECTED,
    sql=f"""
    WITH {_CLOSINGS},
    -- Each closing ends a span, which began when the case was opened or last opened again.
    spans AS (
        SELECT
            c.id, c.closed_at,
            coalesce(lag(c.reopened_at) OVER (PARTITION BY c.id ORDER BY attempt), k.opened_at) AS began_at,
            k.opened_at, c.attempt
        FROM closings AS c JOIN {_CHOSEN} AS k ON k.id = c.id
    ),
    days AS (
        SELECT
            id, local_day(began_at) AS start_day, local_day(closed_at) AS end_day,
            local_day(opened_at) AS opened_day,
            CASE WHEN attempt = 1 THEN 'opened' ELSE 'reopened' END AS start_reason,
            CASE WHEN closed_at IS NOT NULL THEN 'resolved' END AS end_reason,
            CASE WHEN began_at < opened_at THEN 'reopened before they were opened'
                 WHEN closed_at < began_at THEN 'resolved before they were opened' END AS bad
        FROM spans
    )
    SELECT d.*, {_SHOWN}
    FROM days AS d JOIN {_ATTRIBUTED} AS k ON k.id = d.id
    {_joins("d.start_day")}
    """,
)
