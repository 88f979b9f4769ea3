"""What a single row of the files shows: addresses, numbers and days that cannot be, a missing owner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

#: Days or times of which the first cannot come after the second.
IN_ORDER = {
    "opportunities": (("opened_on", "closed_on"),),
    "memberships": (("started_on", "ended_on"),),
    "campaigns": (("starts_on", "ends_on"),),
    "loyalty": (("joined_on", "left_on"),),
    "cases": (("opened_at", "resolved_at"), ("opened_at", "first_response_at")),
    "leads": (("created_at", "converted_at"), ("created_at", "first_response_at")),
    "invoices": (("issued_on", "due_on"),),
    "quotes": (("sent_on", "accepted_on"), ("sent_on", "declined_on")),
}

#: What has happened when it is noted, so that it cannot lie in the future.
PAST = {
    "accounts": ("created_on",),
    "opportunities": ("opened_on",),
    "leads": ("created_at", "converted_at", "first_response_at"),
    "cases": ("opened_at", "resolved_at", "first_response_at"),
    "invoices": ("issued_on",),
    "payments": ("paid_on",),
    "emails": ("sent_at", "delivered_at", "opened_at", "clicked_at", "bounced_at"),
    "survey_answers": ("answered_at",),
}

#: Days that programs write where they know none.
_DUMMIES = frozenset([date(1900, 1, 1), date(1970, 1, 1)])

#: What is worked on by somebody.
OWNED = ("accounts", "opportunities", "leads", "cases")

_USUAL_EMAIL = re.compile(r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.I)
_LONGEST_LOCAL = 64
_NO_PHONE = re.compile(r"[^\d\s()+/.\-–#*x;=ext,]", re.I)

#: (kind of finding, column, what is wrong)
Wrong = tuple[str, str, str]


def wrong(object_name: str, values: Mapping[str, Any], today: date) -> Iterator[Wrong]:
    """Everything that is wrong with a row of an object. today: in the organisation's time zone."""
    email, phone = values.get("email"), values.get("phone")
    if isinstance(email, str) and (why := email_problem(email)):
        yield "email", "email", why
    if isinstance(phone, str) and (why := phone_problem(phone)):
        yield "phone", "phone", why
    yield from _days(object_name, values, today)
    if object_name in OWNED and "owner_id" in values and values["owner_id"] is None:
        yield "owner", "owner_id", "has no owner"


def email_problem(address: str) -> str:
    """Why this is no e-mail address; empty where it is one. Whether anybody reads there is not asked."""
    if _USUAL_EMAIL.fullmatch(address) and address.index("@") <= _LONGEST_LOCAL and len(address) < 254:
        return ""
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return "is no e-mail address"
    return ""


def phone_problem(number: str) -> str:
    """Why this is no telephone number; empty where it may be one in some country."""
    if _NO_PHONE.search(number):
        return "is no telephone number"
    bare = re.split(r"[x;#,]|ext", number, maxsplit=1, flags=re.I)[0]
    digits = sum(sign.isdigit() for sign in bare)
    if not 4 <= digits <= 17:
        return "has too few or too many digits for a telephone number"
    if bare.lstrip().startswith("+"):
        try:
            if not phonenumbers.is_possible_number(phonenumbers.parse(number)):
                return "has too few or too many digits for its country"
        except phonenumbers.NumberParseException:
            return "begins with the code of no country"
    return ""


def _days(object_name: str, values: Mapping[str, Any], today: date) -> Iterator[Wrong]:
    for first, second in IN_ORDER.get(object_name, ()):
        begin, end = values.get(first), values.get(second)
        if begin is not None and end is not None and end < begin:
            yield "date", second, f"lies before {first}"
    past = PAST.get(object_name, ())
    if object_name == "opportunities" and values.get("status") in ("won", "lost"):
        past = (*past, "closed_on")
    for name in past:
        value = values.get(name)
        if value is not None and _day(value) > today:
            yield "date", name, "lies in the future"
    for name, value in values.items():
        if isinstance(value, date) and _day(value) in _DUMMIES:
            yield "date", name, f"is {_day(value):%-d %B %Y}, which programs write for no date"


def _day(value: date) -> date:
    """Instants in UTC: whoever is ahead of it is given a day's grace by the caller."""
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value
