"""Contacts by any word of their name, e-mail address, telephone number or account: a million in milliseconds.

The index is `contact_search` (crm_data/migrations/search.py). What was typed is folded as the documents are;
each word may be the beginning of one, and all must be there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, column, func, select, table, text

from crm_data.migrations.search import BETWEEN, LETTERS
from crm_data.rights import Rights, accounts_seen, seen_accounts
from crm_data.schema.customers import accounts, contacts

#: So many are looked at; of more matches, it is said that there are more.
MOST = 300

#: So many of what the index gives are held against rights and filters.
_LOOKED_AT = 10_000

#: A LIMIT that leaves nothing out: SQLite then begins with the index.
_ALL = 2**62

#: An ASCII letter alone begins too many names to say anything.
_TOO_SHORT = re.compile(r"[a-z]")

_SPLIT = re.compile(rf"[\s{BETWEEN.replace('[', chr(92) + '[')}]+")
_SPELLED = str.maketrans(LETTERS)
_NUMBER = re.compile(r"[\d\s()+./\-\u00a0\u2011\u2013]+")
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True)
class Found:
    """A contact in a list of results."""

    id: int
    name: str
    title: str | None
    email: str | None
    phone: str | None
    account_id: int | None
    account: str | None
    country: str | None
    email_consent: bool | None
    phone_consent: bool | None


@dataclass(frozen=True)
class Filters:
    """What the results are narrowed to. `consent` to e-mails: yes, no, never asked."""

    consent: str | None = None
    account: int | None = None
    without_email: bool = False


ALL = Filters()


def fold(typed: str) -> str:
    """Without case and accents, special letters spelled out."""
    spelled = typed.translate(_SPELLED).lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFD", spelled))
    return unicodedata.normalize("NFC", plain)


def words(typed: str) -> list[str]:
    """The words of what was typed, folded; at most eight of at most a hundred characters."""
    return [word[:100] for word in _SPLIT.split(fold(typed.replace("\0", " "))) if word][:8]


def search(
    connection: Connection, typed: str, rights: Rights, filters: Filters = ALL
) -> tuple[list[Found], bool]:
    """The contacts that match, best first, and whether there may be more than these.

    Nothing typed: all of them by last name. A single letter is too little and finds nothing. Where rights or
    filters leave few of very many matches, only the first `_LOOKED_AT` are looked at.
    """
    wanted = words(typed)
    dialect = connection.dialect.name
    if frozenset() in (rights.regions, rights.teams):
        return [], False  # whoever may see no region or team sees no account, and no contact
    if not typed.strip():
        candidates = _listed(rights, filters, dialect)
    elif not wanted or (len(wanted) == 1 and _TOO_SHORT.fullmatch(wanted[0])):
        return [], False
    else:
        expressions = _expressions(typed, wanted, dialect)
        candidates = (_matching(expression, dialect, filters.account) for expression in expressions)
    conditions = _narrowed(rights, filters)
    digits = _digits(typed)
    rows: dict[int, Row[Any]] = {}
    more = False
    for place, some in enumerate(candidates):
        some = some if filters.account else some.limit(_LOOKED_AT)  # an account has few contacts
        found, looked_at = _found_among(connection, some, conditions)
        rows.update((row.id, row) for row in found if row.id not in rows)
        many = len(found) > MOST
        more = more or many or (not filters.account and looked_at == _LOOKED_AT)
        if not more and not digits:
            break  # the first list holds the others
        if many and (place or digits or not wanted):
            break  # more than enough, and of the best
    if not typed.strip():
        return [_found(row) for row in sorted(rows.values(), key=_by_name)[:MOST]], more
    kept = [row for row in rows.values() if not digits or _has_number(row.phone, digits, typed)]
    ranked = sorted(kept, key=lambda row: _rank(row, wanted))
    return [_found(row) for row in ranked[:MOST]], more


def _found_among(
    connection: Connection, candidates: Select[Any], conditions: list[ColumnElement[bool]]
) -> tuple[Sequence[Row[Any]], int]:
    """The first of the candidates for which the conditions hold, and how many candidates there are."""
    some = candidates.cte("candidates")  # read once, because it is named twice
    count = select(func.count()).select_from(some)
    joined = _contacts().add_columns(count.scalar_subquery().label("candidates"))
    statement = joined.join(some, some.c.id == contacts.c.id).where(*conditions).limit(MOST + 1)
    found = connection.execute(statement).all()
    return found, found[0].candidates if found else connection.scalar(count) or 0


def _listed(rights: Rights, filters: Filters, dialect: str) -> Iterator[Select[Any]]:
    """Where nothing is typed: the contacts by name; if that finds too few, those of the accounts seen."""
    if filters.account:
        yield select(contacts.c.id).where(contacts.c.account_id == filters.account)
        return
    yield select(contacts.c.id).order_by(contacts.c.last_name, contacts.c.id)
    if rights.regions is not None or rights.teams is not None:
        seen = seen_accounts(rights).subquery("seen")
        # Not plain equality, so that SQLite begins with the accounts, which may be few.
        account = seen.c.id + 0 if dialect == "sqlite" else seen.c.id
        yield select(contacts.c.id).join(seen, contacts.c.account_id == account)
    elif filters != ALL:
        yield select(contacts.c.id).order_by(contacts.c.id.desc())


def _contacts() -> Select[Any]:
    return select(
        contacts.c.id,
        contacts.c.first_name,
        contacts.c.last_name,
        contacts.c.title,
        contacts.c.email,
        contacts.c.phone,
        contacts.c.account_id,
        accounts.c.name.label("account"),
        accounts.c.country,
        contacts.c.email_consent,
        contacts.c.phone_consent,
    ).select_from(contacts.outerjoin(accounts, accounts.c.id == contacts.c.account_id))


def _narrowed(rights: Rights, filters: Filters) -> list[ColumnElement[bool]]:
    # Computed, not plain columns, so that SQLite begins with the candidates and not with an index of these.
    conditions = [(contacts.c.merged_into_id + 0).is_(None), *accounts_seen(rights, contacts.c.account_id)]
    if filters.consent:
        asked = {"yes": True, "no": False, "never asked": None}[filters.consent]
        conditions.append(contacts.c.email_consent.is_(asked))
    if filters.account is not None:
        conditions.append(contacts.c.account_id == filters.account)
    if filters.without_email:
        conditions.append((contacts.c.email + "").is_(None))
    return conditions


def _expressions(typed: str, wanted: Sequence[str], dialect: str) -> Iterator[str]:
    """What to ask the index: all that fits, then what fits best, names as typed and names that begin so.

    Numbers: the last seven digits, a beginning, all words; none of these lists holds the others.
    """
    digits = _digits(typed)
    if digits:
        tail = [f"x{digits[-7:]}"] if len(digits) >= 7 else []
        beginning = digits.removeprefix("00") if typed.strip().startswith("00") else digits
        yield from (_all([word], dialect, "", exact=True) for word in tail)
        yield _all([beginning], dialect, "", exact=False)
        yield _all(wanted, dialect, "", exact=False)
        return
    yield _all(wanted, dialect, "", exact=False)
    yield _all(wanted, dialect, "name", exact=True)
    yield _all(wanted, dialect, "name", exact=False)


def _all(wanted: Sequence[str], dialect: str, only: str, *, exact: bool) -> str:
    if dialect == "sqlite":
        terms = " AND ".join(f'"{word}"' + ("" if exact else " *") for word in wanted)
        return f"{{{only}}} : ({terms})" if only else terms
    mark = "=" if only else ""
    quoted = ["'" + (mark + word).replace("\\", "\\\\").replace("'", "''") + "'" for word in wanted]
    return " & ".join(word if exact else f"{word}:*" for word in quoted)


def _matching(expression: str, dialect: str, account: int | None) -> Select[Any]:
    """The keys of the contacts that the index has for an expression, of one account where it is named."""
    if dialect == "sqlite":
        index = table("contact_search", column("rowid"))
        key, match = index.c.rowid, text("contact_search MATCH :match")
    else:
        index = table("contact_search", column("contact_id"))
        key, match = index.c.contact_id, text("words @@ CAST(:match AS tsquery)")
    matching = select(key.label("id")).where(match.bindparams(match=expression))
    if account is None:
        return matching
    if dialect == "sqlite":  # would match again for each key of a list, but skips to a range of keys
        edges = [edge(contacts.c.id) for edge in (func.min, func.max)]
        first, last = (select(e).where(contacts.c.account_id == account).scalar_subquery() for e in edges)
        return matching.where(key.between(first, last)).limit(_ALL)
    return matching.where(key.in_(select(contacts.c.id).where(contacts.c.account_id == account)))


def _digits(typed: str) -> str:
    """The digits of what looks like a telephone number; empty where it does not."""
    digits = re.sub(r"\D", "", typed) if _NUMBER.fullmatch(typed) else ""
    return digits if len(digits) >= 3 else ""


def _has_number(phone: str | None, typed_digits: str, typed: str) -> bool:
    """Whether the two are one number, or what was typed is a part of it: 030 123 and +49 30 123."""
    known = re.sub(r"\D", "", phone or "").lstrip("0")
    wanted = typed_digits.lstrip("0")
    return bool(wanted) and (wanted in known or (len(known) >= 7 and wanted.endswith(known)))


def _rank(row: Row[Any], wanted: Sequence[str]) -> tuple[object, ...]:
    last, first = words(row.last_name or ""), words(row.first_name or "")
    named = {*last, *first}
    whole = sum(word in named for word in wanted)
    begun = sum(any(name.startswith(word) for name in named) for word in wanted)
    in_last = sum(any(name.startswith(word) for name in last) for word in wanted)
    return -begun, -whole, -in_last, " ".join(last), " ".join(first), row.id


def _by_name(row: Row[Any]) -> tuple[object, ...]:
    return fold(row.last_name or "\uffff"), fold(row.first_name or ""), row.id


def _found(row: Row[Any]) -> Found:
    name = " ".join(part for part in (row.first_name, row.last_name) if part and part.strip())
    return Found(
        row.id,
        name or row.email or row.phone or f"No. {row.id}",
        row.title,
        row.email,
        row.phone,
        row.account_id,
        row.account,
        row.country,
        row.email_consent,
        row.phone_consent,
    )
