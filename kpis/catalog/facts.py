"""The facts that KPIs count, and the spells among them."""

from crm_data.warehouse import facts
from kpis.model import Fact, Spell

DEALS = Fact(facts.deals, "deal", "deals", "opportunities", "without a closing day")
DEAL_SPELLS = Fact(facts.deal_spells, "deal", "deals", "opportunities", "without a start date")
OPENINGS = Fact(facts.deals, "deal", "deals", "opportunities", "without an opening day")
ENTRIES = Fact(facts.stage_visits, "stage visit", "stage visits", "opportunities", "without a day of entry")
EXITS = Fact(facts.stage_visits, "stage visit", "stage visits", "opportunities", "not over yet")
CLOSE_DATES = Fact(
    facts.close_dates, "expected closing day", "expected closing days", "opportunities", "without a day"
)
SLIPS = Fact(
    facts.close_dates, "expected closing day", "expected closing days", "opportunities", "never moved"
)
QUOTES = Fact(facts.quotes, "quote", "quotes", "quotes", "never sent")
RECEIVABLES = Fact(facts.receivable_spells, "invoice", "invoices", "invoices", "without a start date")
CUSTOMER_SPELLS = Fact(facts.customer_spells, "customer", "customers", "accounts", "without a start date")
CUSTOMERS = Fact(facts.customers, "customer", "customers", "accounts", "without a purchase date")
LEADS = Fact(facts.leads, "lead", "leads", "leads", "without a creation date")
ATTRIBUTIONS = Fact(
    facts.attributions,
    "won deal and campaign",
    "won deals by campaign",
    "opportunities",
    "without a closing day",
)
MEMBERS = Fact(
    facts.campaign_members, "person addressed", "people addressed", "campaign_members", "without a date"
)
EMAILS = Fact(facts.emails, "e-mail", "e-mails", "emails", "without a date")
WEB_TRAFFIC = Fact(
    facts.web_traffic,
    "day's sessions of a source and country",
    "days' sessions by source and country",
    "web_traffic",
    "without a date",
    times=facts.web_traffic.c.sessions,
)
MENTIONS = Fact(facts.social_mentions, "mention", "mentions", "social_mentions", "without a date")
SPEND = Fact(facts.spend, "cost", "costs", "spend", "without a date")
INVOICE_LINES = Fact(facts.invoice_lines, "invoice line", "invoice lines", "invoice_lines", "without a date")
ANSWERS = Fact(facts.answers, "answer", "answers", "survey_answers", "without a date")
INVITATIONS = Fact(facts.invitations, "invitation", "invitations", "survey_invitations", "without a date")
CASES = Fact(facts.cases, "case", "cases", "cases", "without a date")
CASE_CLOSINGS = Fact(facts.case_closings, "closing", "closings", "cases", "without a date")
CASE_SPELLS = Fact(facts.case_spells, "case", "cases", "cases", "without an opening date")
# A row of these stands for as many views, or votes, as it says.
_views = facts.article_views
ARTICLE_VIEWS = Fact(_views, "view", "views", "article_views", "without a date", times=_views.c.views)
ARTICLE_VOTES = Fact(_views, "vote", "votes", "article_views", "without a date", times=_views.c.votes)

ACTIVITIES = Fact(facts.activities, "activity", "activities", "activities", "without a date")
QUIET_SPELLS = Fact(facts.quiet_spells, "customer", "customers", "accounts", "without a start date")
LOYALTY_SPELLS = Fact(facts.loyalty_spells, "member", "members", "loyalty", "without a day of joining")
LOYALTY_POINTS = Fact(
    facts.loyalty_points, "change of points", "changes of points", "loyalty_points", "without a date"
)

RECEIVABLE = Spell(RECEIVABLES.c.start_day, RECEIVABLES.c.end_day)
DEAL = Spell(DEAL_SPELLS.c.start_day, DEAL_SPELLS.c.end_day)
CUSTOMER = Spell(CUSTOMER_SPELLS.c.start_day, CUSTOMER_SPELLS.c.end_day)
QUIET = Spell(QUIET_SPELLS.c.start_day, QUIET_SPELLS.c.end_day)
MEMBER = Spell(LOYALTY_SPELLS.c.start_day, LOYALTY_SPELLS.c.end_day)
CASE = Spell(CASE_SPELLS.c.start_day, CASE_SPELLS.c.end_day)
