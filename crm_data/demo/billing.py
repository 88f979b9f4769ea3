"""Invoices for subscriptions and single sales, their lines, payments and credit notes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_data.demo import products, rates
from crm_data.demo.customers import Customers
from crm_data.demo.deals import numbered
from crm_data.demo.pipeline import ONE_OFF
from crm_data.demo.plan import Days, Plan
from crm_data.demo.seasons import Integers, days_until

QUARTERLY = np.array([0.14, 0.26, 0.5, 0.4])  # share of customers billed by the quarter, by segment
TERMS = np.array([14, 30, 45, 30])  # days to pay, by segment
LATE = np.array([-1.0, 1.0, 9.0, 4.0])  # days after the due date, in the middle


@dataclass(frozen=True)
class Billing:
    invoices: pd.DataFrame
    lines: pd.DataFrame
    payments: pd.DataFrame


def billing(plan: Plan, accounts: pd.DataFrame, customers: Customers, converter: rates.Converter) -> Billing:
    charges = pd.concat(
        [
            _subscription(plan, accounts, customers.stints, customers.months, converter),
            _single(plan, accounts, customers.drafts, converter),
        ],
        ignore_index=True,
    )
    charges = charges.sort_values(
        ["issued_on", "account", "deal", "position"], kind="stable", ignore_index=True
    )
    key = charges[["issued_on", "account", "deal"]]
    invoice = np.cumsum((key != key.shift()).any(axis=1).to_numpy())
    first = np.unique(invoice, return_index=True)[1]
    heads = charges.iloc[first]
    segment = accounts["segment"].to_numpy()[heads["account"]]
    issued = heads["issued_on"].to_numpy().astype("datetime64[D]")
    invoices = pd.DataFrame(
        {
            "id": np.arange(1, len(heads) + 1),
            "account_id": accounts["id"].to_numpy()[heads["account"]],
            "opportunity_id": heads["deal"].to_numpy() + 1,
            "number": numbered("INV", issued, np.arange(1, len(heads) + 1)),
            "kind": pd.Categorical.from_codes(np.zeros(len(heads), np.int8), ["invoice", "credit"]),
            "issued_on": issued,
            "due_on": issued + TERMS[segment],
            "currency": pd.Categorical.from_codes(
                accounts["currency"].to_numpy()[heads["account"]], rates.CURRENCIES
            ),
        }
    )
    lines = _lines(plan, charges, invoice)
    total = np.bincount(invoice - 1, charges["amount"], minlength=len(heads)).astype(np.int64)
    payments = _payments(plan, invoices, total, segment)
    return _with_credits(plan, invoices, lines, payments)


def _subscription(
    plan: Plan, accounts: pd.DataFrame, stints: pd.DataFrame, months: pd.DataFrame, converter: rates.Converter
) -> pd.DataFrame:
    """A charge for each month or quarter of a membership, in advance; the first with the set-up."""
    rng = plan.random("subscription charges")
    by_quarter = rng.random(len(stints)) < QUARTERLY[accounts["segment"].to_numpy()[stints["account"]]]
    length = np.where(by_quarter, 3, 1)
    stint, number = months["stint"].to_numpy(), months["number"].to_numpy()
    due = number % length[stint] == 0
    due_months = months[due]
    stint, number = stint[due], number[due]
    # The quarter in which a customer leaves is billed up to the end.
    billed = np.minimum(length[stint], stints["months"].to_numpy()[stint] - number)
    account = due_months["account"].to_numpy()
    frame = pd.DataFrame(
        {
            "account": account,
            "deal": np.where(number == 0, stints["deal"].to_numpy()[stint], -1),
            "issued_on": due_months["date"].to_numpy(),
            "position": 1,
            "product": due_months["plan"].to_numpy() + 1,
            "quantity": billed,
            "amount": due_months["price"].to_numpy() * billed,
        }
    )
    currency = accounts["currency"].to_numpy()[account]
    usage = frame[rng.random(len(frame)) < 0.22]
    extra = usage["amount"].to_numpy() * rng.uniform(0.04, 0.3, len(usage))
    step = converter.units(np.full(len(accounts), 0.01), accounts["currency"].to_numpy())[usage["account"]]
    step = np.where(step >= 10_000, 10_000, 100)
    usage = usage.assign(position=3, quantity=1, amount=(np.round(extra / step) * step).astype(np.int64))
    setup = stints["setup"].to_numpy()[stint]
    begun = (number == 0) & (setup > 0)
    onboarding = frame[begun].assign(
        position=2,
        product=products.ONBOARDING,
        quantity=1,
        amount=converter.units(setup[begun], currency[begun], round_to=1.0),
    )
    return pd.concat([frame, onboarding, usage[usage["amount"] > 0]])


def _single(
    plan: Plan, accounts: pd.DataFrame, drafts: pd.DataFrame, converter: rates.Converter
) -> pd.DataFrame:
    """One charge for hardware or services, days after the deal is won."""
    rng = plan.random("single charges")
    sold = drafts[(drafts["kind"] == ONE_OFF) & drafts["won"]]
    issued = sold["closed"].to_numpy().astype("datetime64[D]") + rng.integers(0, 6, len(sold))
    sold, issued = sold[issued <= plan.last_day], issued[issued <= plan.last_day]
    account = sold["account"].to_numpy()
    return pd.DataFrame(
        {
            "account": account,
            "deal": sold.index,
            "issued_on": issued,
            "position": 1,
            "product": sold["product"].to_numpy(),
            "quantity": sold["quantity"].to_numpy(),
            "amount": converter.units(
                sold["amount"].to_numpy(), accounts["currency"].to_numpy()[account], round_to=1.0
            ),
        }
    )


def _lines(plan: Plan, charges: pd.DataFrame, invoice: Integers) -> pd.DataFrame:
    rng = plan.random("costs")
    amount = charges["amount"].to_numpy()
    margin = products.MARGIN[charges["product"] - 1] + rng.normal(0, 0.03, len(charges))
    cost = np.round(amount * (1 - margin) / 10_000).astype(np.int64) * 10_000  # costs are kept in whole units
    return pd.DataFrame(
        {
            "id": np.arange(1, len(charges) + 1),
            "invoice_id": invoice,
            "product_id": charges["product"],
            "quantity": charges["quantity"],
            "amount": amount,
            "cost": cost,
            "position": charges["position"],
            "updated_at": charges["issued_on"].astype("datetime64[us]"),
        }
    )


def _payments(plan: Plan, invoices: pd.DataFrame, total: Integers, segment: Integers) -> pd.DataFrame:
    """Most pay about the due date, some late, a few in two parts, a few never."""
    rng = plan.random("payments")
    count = len(invoices)
    due = invoices["due_on"].to_numpy().astype("datetime64[D]")
    issued = invoices["issued_on"].to_numpy().astype("datetime64[D]")
    late = (
        LATE[segment]
        + rng.normal(0, 4, count)
        + np.where(rng.random(count) < 0.12, rng.exponential(25, count), 0)
    )
    paid = np.maximum(due + late.astype(np.int64), issued)
    paid = np.where(rng.random(count) < 0.006, np.datetime64("NaT"), paid)
    in_parts = rng.random(count) < 0.03
    part = total * 6 // 10 // 10_000 * 10_000
    first = _paid(invoices, paid, np.where(in_parts, part, total), plan)
    rest = _paid(invoices, paid + rng.integers(10, 60, count), np.where(in_parts, total - part, 0), plan)
    frame = pd.concat([first, rest]).sort_values(["paid_on", "invoice_id"], ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame


def _paid(invoices: pd.DataFrame, day: Days, amount: Integers, plan: Plan) -> pd.DataFrame:
    there = ~np.isnat(days_until(day, plan.last_day)) & (amount > 0)
    return pd.DataFrame(
        {"invoice_id": invoices["id"].to_numpy()[there], "paid_on": day[there], "amount": amount[there]}
    )


def _with_credits(plan: Plan, invoices: pd.DataFrame, lines: pd.DataFrame, payments: pd.DataFrame) -> Billing:
    """Some invoices are credited in part, weeks later."""
    rng = plan.random("credits")
    credited = invoices[rng.random(len(invoices)) < 0.014]
    issued = credited["issued_on"].to_numpy().astype("datetime64[D]") + rng.integers(4, 40, len(credited))
    credited, issued = credited[issued <= plan.last_day], issued[issued <= plan.last_day]
    order = np.argsort(issued, kind="stable")
    credited, issued = credited.iloc[order], issued[order]
    ids = len(invoices) + np.arange(1, len(credited) + 1)
    notes = credited.assign(
        id=ids,
        number=numbered("CN", issued, ids).to_numpy(),
        kind=pd.Categorical.from_codes(np.ones(len(credited), np.int8), ["invoice", "credit"]),
        issued_on=issued,
        due_on=np.datetime64("NaT", "s"),
    )
    line = lines.iloc[np.searchsorted(lines["invoice_id"], credited["id"])]
    share = rng.choice([2, 4, 10], len(credited))
    back = (
        lines.iloc[:0]
        if not len(credited)
        else line.assign(
            id=len(lines) + np.arange(1, len(credited) + 1),
            invoice_id=ids,
            amount=-(line["amount"].to_numpy() // share // 10_000 * 10_000),
            cost=-(line["cost"].to_numpy() // share // 10_000 * 10_000),
            quantity=1,
            position=1,
            updated_at=issued.astype("datetime64[us]"),
        )
    )
    return Billing(pd.concat([invoices, notes]), pd.concat([lines, back]), payments)
