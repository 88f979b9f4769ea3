"""How many leads there were, and what became of them."""

from __future__ import annotations

from sqlalchemy import and_

from crm_data.warehouse import facts
from kpis.question import Question
from kpis.read import until_today
from kpis.snapshot import Snapshot
from kpis.theirs.counting import counts, in_period, ratio, values
from kpis.theirs.variant import Variant

_lead = facts.leads.c


def leads_created(data: Snapshot, question: Question) -> list[Variant]:
    created = in_period(question, _lead.created_day)
    n = counts(
        data,
        question,
        facts.leads,
        unconverted=and_(created, _lead.lead_status != "converted"),
        qualified=and_(created, _lead.lead_status != "unqualified"),
        open=and_(created, _lead.lead_status.notin_(("converted", "unqualified"))),
        converted=and_(created, _lead.lead_status == "converted"),
        ever=_lead.created_day < until_today(question.period, question).end,
    )
    (ours,) = values(data, question, "leads_created")
    return [
        Variant("leads created in the period", ours, ours=True),
        Variant("leads created in the period that were not converted since", n.get("unconverted")),
        Variant("leads created in the period, without unqualified ones", n.get("qualified")),
        Variant("leads created in the period that are open: not converted, not unqualified", n.get("open")),
        Variant("leads created in the period that were converted since", n.get("converted")),
        Variant("all leads created up to the end of the period", n.get("ever")),
    ]


def lead_conversion(data: Snapshot, question: Question) -> list[Variant]:
    created = in_period(question, _lead.created_day)
    n = counts(
        data,
        question,
        facts.leads,
        created=created,
        converted=and_(created, _lead.lead_status == "converted"),
        unqualified=and_(created, _lead.lead_status == "unqualified"),
        deal=and_(created, _lead.opportunity_day.isnot(None)),
        bought=and_(created, _lead.customer_day.isnot(None)),
        deal_in_period=in_period(question, _lead.opportunity_day),
        bought_in_period=in_period(question, _lead.customer_day),
    )
    made, converted, unqualified = (n.get(name) for name in ("created", "converted", "unqualified"))
    ours, with_deal = values(data, question, "lead_conversion", "lead_to_opportunity")
    judged = "leads created in the period that are as old"
    return [
        Variant(f"leads that bought within 90 days ÷ {judged}", ours, ours=True),
        Variant(f"leads with a deal within 90 days ÷ {judged}", with_deal),
        Variant("leads converted by now ÷ leads created in the period", ratio(converted, made)),
        Variant(
            "leads converted by now ÷ leads created in the period, without unqualified ones",
            ratio(converted, (made or 0) - (unqualified or 0)),
        ),
        Variant(
            "leads converted by now ÷ leads converted or unqualified by now, created in the period",
            ratio(converted, (converted or 0) + (unqualified or 0)),
        ),
        Variant("leads with a deal by now ÷ leads created in the period", ratio(n.get("deal"), made)),
        Variant("leads that bought by now ÷ leads created in the period", ratio(n.get("bought"), made)),
        Variant(
            "leads whose first deal falls in the period, whenever created ÷ leads created in it",
            ratio(n.get("deal_in_period"), made),
        ),
        Variant(
            "leads whose first purchase falls in the period, whenever created ÷ leads created in it",
            ratio(n.get("bought_in_period"), made),
        ),
    ]
