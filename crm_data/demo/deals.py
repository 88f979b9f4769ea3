"""The deals as the CRM keeps them: today's row, the history behind it, and the quotes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_data.demo import names, products, rates
from crm_data.demo.campaigns import CHANNELS
from crm_data.demo.contacts import People
from crm_data.demo.pipeline import NEW
from crm_data.demo.plan import Days, Instants, Plan
from crm_data.demo.seasons import Integers, at, choose
from crm_data.demo.staff import Staff

STAGES = ("Qualification", "Discovery", "Proposal", "Negotiation", "Won", "Lost")
_PROBABILITY = np.array([0.1, 0.25, 0.5, 0.75, 1.0, 0.0])
_LAST_STAGE_OF_LOST = {"Qualification": 24, "Discovery": 31, "Proposal": 25, "Negotiation": 20}
_REACHED = np.array([0.0, 0.16, 0.42, 0.72])  # share of the deal's time after which a stage begins
_HOURS = np.array([7.2, 8.8, 10.4, 12.0])  # later stages later in the day, so that the order is clear
_WHY_WON = {"Best fit": 40, "Price": 22, "Existing relationship": 20, "Recommended": 10, None: 8}
_WHY_LOST = {"Price": 30, "No decision": 24, "Competitor": 22, "Timing": 14, "Missing feature": 7, None: 3}
_NEVER = np.datetime64("NaT", "us")


@dataclass(frozen=True)
class Course:
    """How a deal goes, one row a deal: when each stage begins (NaT: never), and what changes on the way."""

    stages: Instants  # deals × 4
    close: Instants
    won: np.ndarray
    handover: Instants  # to another owner; NaT: never
    slip: Instants  # when the expected close is moved; NaT: never
    expected: Days  # at first, then when moved
    expected_later: Days
    amount: Integers
    amount_revised: Integers  # from the proposal on
    amount_known_late: np.ndarray  # no amount before Discovery
    owner: Integers
    owner_later: Integers

    def __getitem__(self, rows: slice | Integers) -> Course:
        return Course(**{name: values[rows] for name, values in vars(self).items()})

    def changes(self) -> Instants:
        """Every instant at which something changed, deals × 7; NaT where nothing did."""
        return np.column_stack([self.stages, self.close, self.handover, self.slip])

    def at(self, when: Instants) -> pd.DataFrame:
        """Stage (a position), amount, probability, owner and expected close of each deal at an instant."""
        closed = self.close <= when
        visited = (self.stages <= when[:, None]) * np.arange(4)
        stage = np.where(closed, np.where(self.won, 4, 5), visited.max(axis=1))
        amount = np.where(self.stages[:, 2] <= when, self.amount_revised, self.amount)
        not_yet = (stage == 0) | ((stage == 5) & np.isnat(self.stages[:, 1]))
        moved = self.slip <= when
        expected = np.where(moved, self.expected_later, self.expected)
        return pd.DataFrame(
            {
                "stage": stage,
                "amount": pd.array(amount, dtype="Int64"),
                "probability": _PROBABILITY[stage],
                "owner_id": np.where(self.handover <= when, self.owner_later, self.owner),
                "expected_close": np.where(closed, self.close.astype("datetime64[D]"), expected),
            }
        ).assign(amount=lambda frame: frame["amount"].mask(self.amount_known_late & not_yet))


def _course(
    plan: Plan, drafts: pd.DataFrame, accounts: pd.DataFrame, staff: Staff, converter: rates.Converter
) -> Course:
    rng = plan.random("course")
    count = len(drafts)
    opened = drafts["opened"].to_numpy().astype("datetime64[D]")
    closed = drafts["closed"].to_numpy().astype("datetime64[D]")
    length = (closed - opened).astype(np.int64)
    won = drafts["won"].to_numpy()
    reached = _REACHED + np.r_[0.0, 0.05, 0.08, 0.08] * rng.uniform(-1, 1, (count, 4))
    stages = at(
        opened[:, None] + (reached * length[:, None]).astype(np.int64),
        _HOURS + rng.uniform(0, 1.4, (count, 4)),
    )
    last = np.where(won, 3, choose(rng, _LAST_STAGE_OF_LOST, count))
    skipped = rng.random((count, 4)) < np.array([0.0, 0.12, 0.03, 0.1])
    stages[(np.arange(4) > last[:, None]) | skipped] = _NEVER
    close = _no_later(plan, at(closed, rng.uniform(14.2, 16.5, count)))
    stages = _no_later(plan, stages)
    guess = opened + np.maximum(7, length * rng.lognormal(-0.1, 0.3, count)).astype(np.int64)
    owner = np.where(
        drafts["kind"] == NEW, accounts["owner_id"].to_numpy()[drafts["account"]],
        staff.members(rng, accounts["team"].to_numpy()[drafts["account"]]),
    )  # fmt: skip
    currency = accounts["currency"].to_numpy()[drafts["account"]]
    euro = drafts["amount"].to_numpy()
    return Course(
        stages=stages,
        close=close,
        won=won,
        handover=_midway(rng, opened, length, 0.05, 9.0),
        slip=_midway(rng, opened, length, 0.3, 13.5),
        expected=guess,
        expected_later=np.maximum(closed, guess) + rng.integers(-3, 15, count),
        amount=converter.units(euro * rng.lognormal(0, 0.18, count), currency, round_to=10.0),
        amount_revised=converter.units(euro, currency, round_to=1.0),
        amount_known_late=rng.random(count) < 0.2,
        owner=owner,
        owner_later=staff.members(rng, staff.team_of(owner)),
    )


def _no_later(plan: Plan, instants: Instants) -> Instants:
    """What happens on the last day has happened by now."""
    last_day = instants.astype("datetime64[D]") == plan.last_day
    return np.where(last_day, np.minimum(instants, plan.now), instants)


def _midway(rng: np.random.Generator, opened: Days, length: Integers, chance: float, hour: float) -> Instants:
    """Some instant in the middle half of the deal's time, for that share of the deals."""
    count = len(opened)
    day = opened + (length * rng.uniform(0.25, 0.75, count)).astype(np.int64)
    when: Instants = at(day, np.full(count, hour))
    when[(rng.random(count) >= chance) | (length < 4)] = _NEVER
    return when


def table(
    plan: Plan,
    drafts: pd.DataFrame,
    accounts: pd.DataFrame,
    people: People,
    leads: pd.DataFrame,
    staff: Staff,
    converter: rates.Converter,
) -> tuple[pd.DataFrame, Course]:
    """The deals as they are now, and how they came there. A deal's id is the place of its draft."""
    rng = plan.random("deals")
    course = _course(plan, drafts, accounts, staff, converter)
    count = len(drafts)
    account = drafts["account"].to_numpy()
    state = course.at(np.full(count, plan.now))
    closed = course.close <= plan.now
    lead = np.zeros(len(accounts), np.int64)
    converted = leads[leads["converted_account_id"] > 0]
    lead[converted["converted_account_id"] - 1] = converted["id"]
    new = (drafts["kind"] == NEW).to_numpy()
    reasons = [*_WHY_WON, *_WHY_LOST]
    reason = np.where(course.won, choose(rng, _WHY_WON, count), len(_WHY_WON) + choose(rng, _WHY_LOST, count))
    reason = np.where(closed, reason, reasons.index(None))
    frame = pd.DataFrame(
        {
            "id": np.arange(1, count + 1),
            "name": _name(drafts, accounts),
            "account_id": accounts["id"].to_numpy()[account],
            "contact_id": people.of(rng, account),
            "lead_id": np.where(new, lead[account], 0),
            "product_id": drafts["product"].to_numpy(),
            "campaign_id": np.where(new, accounts["campaign_id"].to_numpy()[account], 0),
            "owner_id": state["owner_id"],
            "region_id": accounts["region_id"].to_numpy()[account],
            "channel": pd.Categorical.from_codes(accounts["channel"].to_numpy()[account], list(CHANNELS)),
            "stage": pd.Categorical.from_codes(state["stage"], STAGES),
            "status": np.where(closed, np.where(course.won, "won", "lost"), "open"),
            "amount": state["amount"],
            "currency": pd.Categorical.from_codes(accounts["currency"].to_numpy()[account], rates.CURRENCIES),
            "probability": state["probability"],
            "opened_on": drafts["opened"].to_numpy(),
            "closed_on": np.where(
                closed, drafts["closed"].to_numpy().astype("datetime64[D]"), np.datetime64("NaT")
            ),
            "expected_close": state["expected_close"],
            "close_reason": pd.Series(np.array(reasons, object)[reason]).astype("category"),
            "updated_at": np.where(course.changes() <= plan.now, course.changes(), course.stages[:, :1]).max(
                axis=1
            ),
        }
    )
    return frame, course


def stages() -> pd.DataFrame:
    """The stages that an open deal passes, in order."""
    count = len(_REACHED)
    return pd.DataFrame(
        {
            "id": np.arange(1, count + 1),
            "name": STAGES[:count],
            "position": np.arange(1, count + 1),
            "probability": _PROBABILITY[:count],
        }
    )


def _name(drafts: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    what = names.take(list(products.NAMES), drafts["product"].to_numpy() - 1)
    return names.join(what, accounts["company"].iloc[drafts["account"]], by=" for ")


def history(plan: Plan, course: Course, deals: Integers, currency: pd.Series) -> pd.DataFrame:
    """What the deals at these positions were from each change on; ids are to be given."""
    part = course[deals]
    changes = part.changes()
    deal, _ = np.nonzero(changes <= plan.now)
    when = changes[changes <= plan.now]
    order = np.lexsort((when, deal))
    deal, when = deal[order], when[order]
    state = part[deal].at(when)
    return pd.DataFrame(
        {
            "opportunity_id": deals[deal] + 1,
            "changed_at": when,
            "stage": pd.Categorical.from_codes(state["stage"], STAGES),
            "amount": state["amount"],
            "currency": currency.iloc[deals[deal]].array,
            "probability": state["probability"],
            "owner_id": state["owner_id"],
            "expected_close": state["expected_close"],
        }
    )


def quotes(plan: Plan, table: pd.DataFrame, course: Course) -> pd.DataFrame:
    """A quote for most deals that reached a proposal; accepted with the win, declined with some losses."""
    rng = plan.random("quotes")
    proposed = course.stages[:, 2]
    row = np.flatnonzero((proposed <= plan.now) & (rng.random(len(table)) < 0.93))
    deal = table.iloc[row]
    sent = proposed[row].astype("datetime64[D]")
    closed = deal["closed_on"].to_numpy().astype("datetime64[D]")
    status = deal["status"].to_numpy()
    said_no = (status == "lost") & (rng.random(len(row)) < 0.6)
    order = np.argsort(sent, kind="stable")
    frame = pd.DataFrame(
        {
            "opportunity_id": deal["id"].to_numpy(),
            "account_id": deal["account_id"].to_numpy(),
            "sent_on": sent,
            "valid_until": sent + 30,
            "accepted_on": np.where(status == "won", closed, np.datetime64("NaT", "D")),
            "declined_on": np.where(said_no, closed, np.datetime64("NaT", "D")),
            "amount": course.amount_revised[row],
            "currency": deal["currency"].to_numpy(),
        }
    ).iloc[order]
    ids = np.arange(1, len(frame) + 1)
    return frame.assign(id=ids, number=numbered("Q", sent[order], ids))


def numbered(letter: str, days: Days, ids: Integers) -> pd.Series:
    """Document numbers such as Q-2026-000123."""
    digits = pc.utf8_lpad(pa.array(ids).cast(pa.string()), 6, "0")
    year = pa.array(days.astype("datetime64[Y]").astype(np.int64) + 1970).cast(pa.string())
    return names.join(pa.array([letter] * len(ids)), year, digits, by="-")
