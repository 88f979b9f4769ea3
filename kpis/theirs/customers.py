"""Who counts as a customer."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import and_

from crm_data.warehouse import facts
from kpis.question import Question
from kpis.read import until_today
from kpis.snapshot import Snapshot
from kpis.theirs.counting import counts, in_period, values
from kpis.theirs.variant import Variant

_customer, _day = facts.customers.c, facts.buying_days.c


def active_customers(data: Snapshot, question: Question) -> list[Variant]:
    ours, first = values(data, question, "active_customers", "new_customers")
    contract = replace(question, where=(*question.where, ("basis", ("contract",))))
    (bound,) = values(data, contract, "active_customers")
    until = until_today(question.period, question).end
    ever = counts(data, question, facts.customers, ever=_customer.first_day < until)
    return [
        Variant("accounts under contract, or not silent for too long, at the end of the period", ours, True),
        Variant("accounts under contract at the end of the period", bound),
        Variant("accounts that have ever bought by the end of the period", ever.get("ever")),
        Variant("accounts that bought in the period", _bought(data, question)),
        Variant("accounts whose first purchase falls in the period", first),
    ]


def new_customers(data: Snapshot, question: Question) -> list[Variant]:
    ours, joined, back = values(data, question, "new_customers", "customers_joined", "reactivated")
    won = None if joined is None or back is None else joined + back
    return [
        Variant("accounts whose first purchase falls in the period", ours, ours=True),
        Variant("accounts that became customers in the period, by contract where there is one", joined),
        Variant("accounts that became customers in the period or came back in it", won),
        Variant("accounts that bought in the period, for the first time or not", _bought(data, question)),
    ]


def _bought(data: Snapshot, question: Question) -> int | None:
    test = and_(_day.bought == 1, in_period(question, _day.day))
    return counts(data, question, facts.buying_days, bought=test).get("bought")
