"""What customers say: surveys sent, and answers given."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build, through
from crm_data.warehouse.build_cases import CASE_CLOSINGS, CASE_SPELLS, CASES, LINKED
from crm_data.warehouse.build_knowledge import ARTICLE_VIEWS
from crm_data.warehouse.of_account import CUSTOMER, OfAccount

# What a survey shows of its case.
_OF_CASE = "cases account_id contact_id owner_id team_id product_id cause"


def _linked(table: str) -> tuple[tuple[str, str], ...]:
    """The rows of a table that take something from their own survey, contact and case."""
    return (
        *through(table, survey_id="surveys", contact_id="contacts"),
        *through(table, case_id=_OF_CASE),
        *((source, f"SELECT id FROM {table} WHERE case_id IN ({cases})") for source, cases in LINKED),
    )


_INVITED = _linked("crm.survey_invitations")

# Whom and what a survey is about: what it says itself, else its invitation, its case, its contact.
INVITATIONS = Build(
    facts.invitations,
    order="sent_day",
    of_account=OfAccount("sent_day", CUSTOMER),
    affected=(
        ("survey_invitations", "SELECT id FROM changed_survey_invitations"),
        ("survey_answers", "SELECT invitation_id FROM changed_survey_answers"),
        *_INVITED,
    ),
    sql="""
    WITH invited AS (
        SELECT
            i.id, i.survey_id, local_day(i.sent_at) AS sent_day,
            coalesce(i.account_id, k.account_id, caller.account_id, c.account_id) AS account_id,
            k.owner_id, k.team_id, k.product_id, k.cause
        FROM (FROM crm.survey_invitations WHERE chosen(id) LIMIT few()) AS i
        LEFT JOIN crm.cases AS k ON k.id = i.case_id
        LEFT JOIN crm.contacts AS caller ON caller.id = k.contact_id
        LEFT JOIN crm.contacts AS c ON c.id = i.contact_id
    ),
    answered AS (
        SELECT invitation_id AS id, min(answered_at) AS first_at FROM crm.survey_answers
        WHERE score IS NOT NULL AND chosen(invitation_id) GROUP BY invitation_id
    )
    SELECT
        i.id, s.kind, i.sent_day, local_day(answered.first_at) AS answered_day,
        i.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        i.owner_id AS owner, coalesce(t.name, owner.team) AS team, p.name AS product, i.cause,
        s.name AS survey
    FROM invited AS i
    LEFT JOIN answered ON answered.id = i.id
    LEFT JOIN crm.surveys AS s ON s.id = i.survey_id
    LEFT JOIN work.account_versions AS a
        ON a.id = i.account_id AND i.sent_day >= a.start_day AND i.sent_day < a.end_day
    LEFT JOIN work.people AS owner ON owner.id = i.owner_id
    LEFT JOIN crm.teams AS t ON t.id = i.team_id
    LEFT JOIN crm.products AS p ON p.id = i.product_id
    """,
)


def _of_cases(cases: str) -> str:
    """All answers about these cases, their own or their invitation's."""
    return f"""
        SELECT id FROM crm.survey_answers WHERE case_id IN ({cases}) UNION ALL
        SELECT id FROM crm.survey_answers WHERE invitation_id IN (
            SELECT id FROM crm.survey_invitations WHERE case_id IN ({cases}))"""


ANSWERS = Build(
    facts.answers,
    order="answered_day",
    of_account=OfAccount("answered_day", CUSTOMER),
    affected=(
        # A new answer may stop another one of its case from being the latest.
        (
            "survey_answers",
            f"""SELECT id FROM changed_survey_answers UNION {
                _of_cases('''
                SELECT coalesce(x.case_id, i.case_id) FROM changed_survey_answers AS x
                LEFT JOIN crm.survey_invitations AS i ON i.id = x.invitation_id''')
            }""",
        ),
        (
            "survey_invitations",
            f"""SELECT id FROM crm.survey_answers
                WHERE invitation_id IN (SELECT id FROM changed_survey_invitations)
                UNION {_of_cases("SELECT case_id FROM changed_survey_invitations")}""",
        ),
        *_linked("crm.survey_answers"),
        *(
            (source, f"SELECT id FROM crm.survey_answers WHERE invitation_id IN ({invitations})")
            for source, invitations in _INVITED
        ),
    ),
    # Which is the latest shows only beside the others of the case.
    together=_of_cases(
        """SELECT coalesce(a.case_id, i.case_id)
           FROM crm.survey_answers AS a LEFT JOIN crm.survey_invitations AS i ON i.id = a.invitation_id
           WHERE a.id IN (SELECT id FROM chosen_roots)"""
    ),
    sql="""
    WITH own AS (
        SELECT
            a.id, a.survey_id, a.score, a.answered_at,
            coalesce(a.account_id, i.account_id) AS account_id,
            coalesce(a.contact_id, i.contact_id) AS contact_id,
            coalesce(a.case_id, i.case_id) AS case_id
        FROM (FROM crm.survey_answers WHERE chosen(id) LIMIT few()) AS a
        LEFT JOIN crm.survey_invitations AS i ON i.id = a.invitation_id
    ),
    answered AS (
        SELECT
            own.* REPLACE (
                coalesce(own.account_id, k.account_id, caller.account_id, c.account_id) AS account_id
            ),
            local_day(own.answered_at) AS answered_day, k.owner_id, k.team_id, k.product_id, k.cause
        FROM own
        LEFT JOIN crm.cases AS k ON k.id = own.case_id
        LEFT JOIN crm.contacts AS caller ON caller.id = k.contact_id
        LEFT JOIN crm.contacts AS c ON c.id = own.contact_id
    ),
    -- The last one of its case and survey; a blank one never outdoes one with a score.
    last_of_case AS (
        SELECT arg_max(id, (score IS NOT NULL, answered_at, id)) AS id FROM own
        WHERE case_id IS NOT NULL GROUP BY case_id, survey_id
    )
    SELECT
        x.id, x.answered_day, s.kind, x.score,
        CASE WHEN x.case_id IS NULL OR last_of_case.id IS NOT NULL THEN 1 ELSE 0 END AS latest,
        CAST(x.score >= coalesce(
            s.satisfied_from, CASE WHEN s.kind = 'CSAT' AND s.scale_min = 1 AND s.scale_max = 5 THEN 4 END
        ) AS TINYINT) AS satisfied,
        CASE WHEN s.kind <> 'NPS' OR x.score IS NULL THEN NULL
             WHEN x.score >= 9 THEN 100 WHEN x.score >= 7 THEN 0 ELSE -100 END AS nps,
        CASE WHEN s.kind = 'CES' AND s.scale_min = 1 AND s.scale_max = 7
             THEN CAST(round(x.score * 100) AS BIGINT) END AS effort_hundredths,
        x.account_id AS account, a.region, a.country, a.segment, a.industry, a.size, a.channel,
        x.owner_id AS owner, coalesce(t.name, owner.team) AS team, p.name AS product, x.cause,
        s.name AS survey
    FROM answered AS x
    LEFT JOIN last_of_case ON last_of_case.id = x.id
    LEFT JOIN crm.surveys AS s ON s.id = x.survey_id
    LEFT JOIN work.account_versions AS a
        ON a.id = x.account_id AND x.answered_day >= a.start_day AND x.answered_day < a.end_day
    LEFT JOIN work.people AS owner ON owner.id = x.owner_id
    LEFT JOIN crm.teams AS t ON t.id = x.team_id
    LEFT JOIN crm.products AS p ON p.id = x.product_id
    """,
)

SERVICE = (CASES, CASE_CLOSINGS, CASE_SPELLS, INVITATIONS, ANSWERS, ARTICLE_VIEWS)
