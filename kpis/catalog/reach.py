"""What reaches people: e-mails, the web site, and what is said in public."""

from kpis.catalog.facts import EMAILS, MENTIONS, WEB_TRAFFIC
from kpis.model import KPI, Better, Condition, During, Phasing, Unit

_mails = EMAILS.c
_web = WEB_TRAFFIC.c
_mentions = MENTIONS.c
_sent = During(_mails.sent_day)
_delivered = Condition(_mails.delivered == 1, "not delivered")
_possible = Condition(_web.conversions <= _web.sessions, "with more conversions than sessions")

EMAILS_SENT = KPI(
    key="emails_sent",
    label="E-mails sent",
    unit=Unit.COUNT,
    better=Better.NEITHER,
    help="E-mails sent in the period, each to one contact.",
    department="marketing",
    fact=EMAILS,
    clock=_sent,
    formula="number of e-mails sent",
    phasing=Phasing.DAILY,
)

EMAIL_DELIVERED = KPI(
    key="email_delivered",
    label="E-mail delivery rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the e-mails sent in the period, the share that was delivered.",
    department="marketing",
    fact=EMAILS,
    clock=_sent,
    each=_mails.delivered,
    per=1,
    formula="e-mails delivered ÷ e-mails sent",
)

EMAIL_OPENED = KPI(
    key="email_opened",
    label="E-mail open rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the e-mails sent in the period and delivered, the share that was opened, once or more. Programs "
    "that load pictures unasked count as readers: compare it with itself, not with others.",
    department="marketing",
    fact=EMAILS,
    clock=_sent,
    among=(_delivered,),
    each=_mails.opened,
    per=1,
    formula="e-mails opened ÷ e-mails delivered",
)

EMAIL_CLICKED = KPI(
    key="email_clicked",
    label="E-mail click rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the e-mails sent in the period and delivered, the share in which a link was followed, once or "
    "more.",
    department="marketing",
    fact=EMAILS,
    clock=_sent,
    among=(_delivered,),
    each=_mails.clicked,
    per=1,
    formula="e-mails with a click ÷ e-mails delivered",
)

EMAIL_UNSUBSCRIBED = KPI(
    key="email_unsubscribed",
    label="E-mail unsubscribe rate",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Of the e-mails sent in the period and delivered, the share by which the reader unsubscribed.",
    department="marketing",
    fact=EMAILS,
    clock=_sent,
    among=(_delivered,),
    each=_mails.unsubscribed,
    per=1,
    formula="e-mails followed by an unsubscription ÷ e-mails delivered",
)

EMAIL_BOUNCED = KPI(
    key="email_bounced",
    label="E-mail bounce rate",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Of the e-mails sent in the period, the share that came back.",
    department="marketing",
    fact=EMAILS,
    clock=_sent,
    each=_mails.bounced,
    per=1,
    formula="e-mails bounced ÷ e-mails sent",
)

WEB_SESSIONS = KPI(
    key="web_sessions",
    label="Web sessions",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Visits to the web site in the period. One row holds those of a day from one source and country.",
    department="marketing",
    fact=WEB_TRAFFIC,
    clock=During(_web.day),
    formula="Σ sessions",
    phasing=Phasing.DAILY,
)

WEB_CONVERSIONS = KPI(
    key="web_conversions",
    label="Web conversions",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Visits in the period in which the visitor left an address: enquired, signed up or downloaded.",
    department="marketing",
    fact=WEB_TRAFFIC,
    clock=During(_web.day),
    among=(_possible,),
    each=_web.conversions,
    formula="Σ sessions that converted",
    phasing=Phasing.DAILY,
)

WEB_CONVERSION = KPI(
    key="web_conversion",
    label="Web conversion",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the visits to the web site in the period, the share in which the visitor left an address: "
    "enquired, signed up or downloaded.",
    department="marketing",
    fact=WEB_TRAFFIC,
    clock=During(_web.day),
    among=(_possible,),
    each=_web.conversions,
    per=1,
    formula="sessions that converted ÷ sessions",
)

SOCIAL_MENTIONS = KPI(
    key="social_mentions",
    label="Social mentions",
    unit=Unit.COUNT,
    better=Better.UP,
    help="Mentions of the organisation or its products in social networks in the period.",
    department="marketing",
    fact=MENTIONS,
    clock=During(_mentions.day),
    formula="number of mentions",
    phasing=Phasing.DAILY,
)

SOCIAL_SENTIMENT = KPI(
    key="social_sentiment",
    label="Social sentiment",
    unit=Unit.SCORE,
    better=Better.UP,
    help="The mean sentiment of the mentions in the period, from -1 (angry) over 0 (neutral) to 1 "
    "(delighted). Mentions that nobody judged are left out.",
    department="marketing",
    fact=MENTIONS,
    clock=During(_mentions.day),
    each=_mentions.sentiment_hundredths,
    per=1,
    no_value="not judged",
    formula="Σ sentiment ÷ mentions judged",
)

SOCIAL_REACH = KPI(
    key="social_reach",
    label="Social reach",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How many people may have seen the mentions in the period. One who saw two counts twice.",
    department="marketing",
    fact=MENTIONS,
    clock=During(_mentions.day),
    each=_mentions.reach,
    no_value="without a known reach",
    formula="Σ reach of mentions",
    phasing=Phasing.DAILY,
)

REACH = (
    EMAILS_SENT,
    EMAIL_DELIVERED,
    EMAIL_OPENED,
    EMAIL_CLICKED,
    EMAIL_UNSUBSCRIBED,
    EMAIL_BOUNCED,
    WEB_SESSIONS,
    WEB_CONVERSIONS,
    WEB_CONVERSION,
    SOCIAL_MENTIONS,
    SOCIAL_SENTIMENT,
    SOCIAL_REACH,
)
