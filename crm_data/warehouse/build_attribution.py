"""What campaigns have earned: each won deal shared out among the touches that came before it."""

from crm_data.warehouse import facts
from crm_data.warehouse.build import Build
from crm_data.warehouse.build_sales import DEALS, ELSE, OWN
from crm_data.warehouse.of_account import OfAccount


def _met(changed: str, touches: str) -> tuple[tuple[str, str], ...]:
    """The deals that these touches belong to, whichever way."""
    return (
        (changed, f"SELECT opportunity_id FROM {touches}"),
        *(
            (changed, f"SELECT id FROM crm.opportunities WHERE {key} IN (SELECT {key} FROM {touches})")
            for key in ("lead_id", "account_id")
        ),
    )


# Computed after deals, whose amounts it shares out. Weights are whole numbers: of n touches the first and
# the last weigh 2 (n - 2) each, any other 1, together 5 (n - 2): two fifths, two fifths and a fifth.
ATTRIBUTIONS = Build(
    facts.attributions,
    order="won_day",
    of_account=OfAccount("won_day", OWN, ELSE),
    affected=(
        *DEALS.affected,
        *_met("touches", "changed_touches"),
        *_met(
            "campaigns",
            "(SELECT * FROM crm.touches WHERE campaign_id IN (SELECT id FROM changed_campaigns)) AS t",
        ),
    ),
    sql="""
    WITH won AS (
        SELECT d.*, d.closed_day AS won_day, o.lead_id
        FROM (
            FROM deals WHERE chosen(id) AND status = 'won' AND closed_day IS NOT NULL LIMIT few()
        ) AS d
        JOIN crm.opportunities AS o USING (id)
    ),
    -- Each touch once, however many ways lead from it to the deal.
    met AS (
        SELECT w.id, t.id AS touch FROM won AS w JOIN crm.touches AS t ON t.opportunity_id = w.id
        UNION
        SELECT w.id, t.id FROM won AS w JOIN crm.touches AS t ON t.lead_id = w.lead_id
        WHERE coalesce(t.opportunity_id, w.id) = w.id
        UNION
        SELECT w.id, t.id FROM won AS w JOIN crm.touches AS t ON t.account_id = w.account
        WHERE coalesce(t.opportunity_id, w.id) = w.id
    ),
    placed AS (
        SELECT
            w.id, w.won_day, abs(w.amount_cents) AS cents, w.won_day - local_day(t.touched_at) AS lag_days,
            c.name AS campaign, coalesce(t.channel, c.channel) AS channel,
            row_number() OVER (PARTITION BY w.id ORDER BY t.touched_at, t.id) AS place,
            count(*) OVER (PARTITION BY w.id) AS touches
        FROM met
        JOIN won AS w ON w.id = met.id
        JOIN crm.touches AS t ON t.id = met.touch
        LEFT JOIN crm.campaigns AS c ON c.id = t.campaign_id
        WHERE local_day(t.touched_at) BETWEEN w.won_day - 365 AND w.won_day
    ),
    weighed AS (
        SELECT
            *, CASE WHEN touches > 2 AND place IN (1, touches) THEN 2 * (touches - 2) ELSE 1 END AS weight,
            CASE WHEN touches > 2 THEN 5 * (touches - 2) ELSE touches END AS weights
        FROM placed
    ),
    -- Whole cents first; those left over go to the largest remainders, of equal ones to the earliest.
    shared AS (
        SELECT
            *, cents * weight // weights AS whole,
            row_number() OVER (PARTITION BY id ORDER BY cents * weight % weights DESC, place) AS turn,
            cents - sum(cents * weight // weights) OVER (PARTITION BY id) AS left_over
        FROM weighed
    ),
    earned AS (
        SELECT
            id, campaign, channel, sum(whole + CASE WHEN turn <= left_over THEN 1 ELSE 0 END) AS cents,
            count(*) AS touches, max(lag_days) AS lag_days
        FROM shared GROUP BY id, campaign, channel
        UNION ALL
        SELECT id, '(unattributed)', '(unattributed)', abs(amount_cents), 0, NULL
        FROM won WHERE id NOT IN (SELECT id FROM placed)
    )
    SELECT
        w.id, w.won_day, CAST(sign(w.amount_cents) * e.cents AS BIGINT) AS amount_cents,
        e.touches, e.lag_days,
        w.account, w.region, w.country, w.segment, w.industry, w.size, e.channel,
        w.owner, w.team, w.product, w.family, e.campaign
    FROM earned AS e JOIN won AS w ON w.id = e.id
    """,
)
