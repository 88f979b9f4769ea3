"""Cases, surveys and mails, found by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.warehouse.conftest import add, sql
from tests.warehouse.test_sales import FEB, JAN, MAR, at


def survey(crm, kind="CSAT", low=1, high=5, satisfied_from=None) -> int:
    return add(
        crm,
        "surveys",
        name=kind,
        kind=kind,
        scale_min=low,
        scale_max=high,
        satisfied_from=satisfied_from,
    )


def case(crm, **values) -> int:
    return add(crm, "cases", **({"subject": "help", "opened_at": at(JAN)} | values))


def test_cases(crm, facts):
    """Opened at noon on New Year's Day 2025, a Wednesday, in UTC; nobody has set any hours."""
    due = at(JAN) + timedelta(hours=10)
    on_time = case(crm, due_at=due, resolved_at=due, status="resolved", first_response_at=at(JAN, 13))
    late = case(crm, due_at=due, resolved_at=due + timedelta(seconds=1), status="resolved")
    still_open = case(crm, due_at=due, response_due_at=due)
    never_due = case(
        crm,
        resolved_at=at(FEB),
        status="resolved",
        first_response_at=at(JAN) + timedelta(days=1, minutes=36),
        response_due_at=at(JAN) + timedelta(days=1, minutes=36),
    )
    early = case(crm, first_response_at=at(JAN) - timedelta(hours=1), response_due_at=at(JAN))
    for _ in range(2):
        add(crm, "case_reopenings", case_id=late, resolved_at=at(JAN), reopened_at=at(JAN, 14))
    ask = (
        "SELECT id, on_time, response_on_time, reopened, response_hundredths, resolution_hundredths "
        "FROM cases ORDER BY id"
    )
    assert facts(ask) == [
        (on_time, 1, None, 0, 100, 1000),
        (late, 0, None, 2, None, 1000),
        (still_open, 0, 0, 0, None, None),
        (never_due, None, 1, 0, 860, 31 * 2400),
        (early, None, 1, 0, -100, None),
    ]
    add(crm, "holidays", day=JAN)
    ask = "SELECT id, response_hundredths FROM cases WHERE response_hundredths IS NOT NULL ORDER BY id"
    assert facts(ask) == [
        (on_time, 0),
        (never_due, 360),
        (early, 0),
    ]


def test_a_case_is_open_until_each_of_its_closings(crm, facts):
    once = case(crm, resolved_at=at(FEB), status="resolved")
    thrice = case(crm, opened_at=at(JAN))
    for closed, again in ((2, 5), (7, 7)):
        add(
            crm,
            "case_reopenings",
            case_id=thrice,
            resolved_at=at(JAN) + timedelta(days=closed),
            reopened_at=at(JAN) + timedelta(days=again),
        )
    day = [JAN + timedelta(days=n) for n in range(8)]
    assert facts("SELECT id, attempt, closed_day, reopened_day FROM case_closings ORDER BY id, attempt") == [
        (once, 1, FEB, None),
        (thrice, 1, day[2], day[5]),
        (thrice, 2, day[7], day[7]),
    ]
    spans = (
        "SELECT id, start_day, end_day, opened_day, start_reason, end_reason, bad "
        "FROM case_spells ORDER BY 1, 2"
    )
    assert facts(spans) == [
        (once, JAN, FEB, JAN, "opened", "resolved", None),
        (thrice, JAN, day[2], JAN, "opened", "resolved", None),
        (thrice, day[5], day[7], JAN, "reopened", "resolved", None),
        (thrice, day[7], None, JAN, "reopened", None, None),
    ]


def test_spans_of_cases_that_make_no_sense(crm, facts):
    before = case(crm, opened_at=at(FEB), resolved_at=at(JAN), status="resolved")
    again = case(crm, opened_at=at(MAR))
    add(crm, "case_reopenings", case_id=again, resolved_at=at(JAN), reopened_at=at(FEB))
    assert facts("SELECT id, start_day, end_day, bad FROM case_spells ORDER BY id, start_day DESC") == [
        (before, FEB, JAN, "resolved before they were opened"),
        (again, MAR, JAN, "resolved before they were opened"),
        (again, FEB, None, "reopened before they were opened"),
    ]


def test_a_case_without_an_account_is_its_contacts(crm, facts):
    account = add(crm, "accounts", name="A", segment="Small")
    contact = add(crm, "contacts", last_name="Ann", account_id=account)
    about = case(crm, contact_id=contact)
    own = case(crm, contact_id=contact, account_id=add(crm, "accounts", name="B", segment="Large"))
    ask = "SELECT id, segment FROM {} ORDER BY id"
    for fact in ("cases", "case_spells"):
        assert facts(ask.format(fact)) == [(about, "Small"), (own, "Large")]
    sent = add(crm, "survey_invitations", survey_id=survey(crm), case_id=about, sent_at=at(FEB))
    assert facts(ask.format("invitations")) == [(sent, "Small")]
    sql(crm, "UPDATE contacts SET account_id = NULL")
    for fact, found in (("cases", [(about, None), (own, "Large")]), ("invitations", [(sent, None)])):
        assert facts(ask.format(fact)) == found


def test_articles(crm, facts):
    product = add(crm, "products", name="Bolt", family="Small")
    article = add(crm, "articles", title="How to", category="Access", product_id=product)
    views = add(crm, "article_views", article_id=article, day=JAN, views=9, helpful=2, unhelpful=1)
    assert facts(
        "SELECT id, day, views, helpful, votes, article, article_category, product FROM article_views"
    ) == [(views, JAN, 9, 2, 3, article, "Access", "Bolt")]


def test_only_the_last_answer_of_a_case_counts(crm, facts):
    one, about = survey(crm), case(crm)
    first = add(crm, "survey_answers", survey_id=one, case_id=about, answered_at=at(JAN), score=1)
    ask = "SELECT id, latest, satisfied FROM answers ORDER BY id"
    assert facts(ask) == [(first, 1, 0)]
    second = add(crm, "survey_answers", survey_id=one, case_id=about, answered_at=at(FEB), score=5)
    assert facts(ask) == [(first, 0, 0), (second, 1, 1)]
    # A blank one never outdoes one with a score; without a case each counts.
    blank = add(crm, "survey_answers", survey_id=one, case_id=about, answered_at=at(MAR))
    free = add(crm, "survey_answers", survey_id=one, answered_at=at(MAR), score=4)
    assert facts(ask) == [(first, 0, 0), (second, 1, 1), (blank, 0, None), (free, 1, 1)]


def test_the_case_and_customer_of_an_answer_may_come_from_its_invitation(crm, facts):
    team = add(crm, "teams", name="Blue")
    owner = add(crm, "users", name="Ann", team_id=team)
    account = add(crm, "accounts", name="A", segment="Small")
    about = case(crm, owner_id=owner, account_id=account)
    one = survey(crm)
    sent = add(crm, "survey_invitations", survey_id=one, case_id=about, sent_at=at(JAN))
    add(crm, "survey_answers", survey_id=one, invitation_id=sent, answered_at=at(FEB), score=2)
    assert facts("SELECT account, segment, owner, team FROM answers") == [(account, "Small", owner, "Blue")]
    assert facts("SELECT account, team, sent_day, answered_day FROM invitations") == [
        (account, "Blue", JAN, FEB)
    ]


@pytest.mark.parametrize(
    ("kind", "high", "satisfied_from", "score", "satisfied", "nps"),
    [
        ("CSAT", 5, None, 4, 1, None),
        ("CSAT", 5, None, 3, 0, None),
        ("CSAT", 10, None, 10, None, None),
        ("CSAT", 10, 8, 8, 1, None),
        ("NPS", 10, None, 9, None, 100),
        ("NPS", 10, None, 7, None, 0),
        ("NPS", 10, None, 6, None, -100),
        ("NPS", 10, None, None, None, None),
    ],
)
def test_scores(crm, facts, kind, high, satisfied_from, score, satisfied, nps):
    one = survey(crm, kind, 1 if kind == "CSAT" else 0, high, satisfied_from)
    add(crm, "survey_answers", survey_id=one, answered_at=at(JAN), score=score)
    assert facts("SELECT satisfied, nps FROM answers") == [(satisfied, nps)]


@pytest.mark.parametrize(("high", "score", "effort"), [(7, 4.5, 450), (7, None, None), (5, 4, None)])
def test_effort_has_one_scale(crm, facts, high, score, effort):
    one = survey(crm, "CES", 1, high)
    add(crm, "survey_answers", survey_id=one, answered_at=at(JAN), score=score)
    assert facts(
        "SELECT effort_hundredths, nps, satisfied FROM answers WHERE effort_hundredths IS NOT NULL"
    ) == ([] if effort is None else [(effort, None, None)])


def test_mails(crm, facts):
    account = add(crm, "accounts", name="A", acquisition_channel="fair")
    contact = add(crm, "contacts", last_name="Ann", account_id=account)
    campaign = add(crm, "campaigns", name="Spring")
    add(
        crm,
        "emails",
        contact_id=contact,
        campaign_id=campaign,
        sent_at=at(JAN),
        delivered_at=at(JAN),
        opened_at=at(FEB),
    )
    assert facts(
        "SELECT sent_day, contact, delivered, opened, clicked, bounced, account, channel, campaign "
        "FROM emails"
    ) == [(JAN, contact, 1, 1, 0, 0, account, "fair", "Spring")]


def test_spend_takes_channel_and_region_from_its_campaign(crm, facts):
    parent = add(crm, "regions", name="EMEA")
    region = add(crm, "regions", name="France", parent_id=parent)
    campaign = add(crm, "campaigns", name="Spring", channel="web", region_id=region)
    add(crm, "spend", campaign_id=campaign, spent_on=JAN, amount=5, currency="EUR")
    add(crm, "spend", spent_on=FEB, amount=6, currency="EUR", kind="staff", channel="fair")
    assert facts("SELECT day, amount_cents, region, channel, campaign, spend_kind FROM spend ORDER BY 1") == [
        (JAN, 500, "EMEA", "web", "Spring", "media"),
        (FEB, 600, None, "fair", None, "staff"),
    ]
