"""Contacts that may be the same person: found by e-mail, telephone and account, then compared by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.fuzz import token_sort_ratio
from sqlalchemy import ColumnElement, Connection, select

from crm_data.audit import Row
from crm_data.edits.pairs import apart
from crm_data.rights import Rights, accounts_seen
from crm_data.schema.customers import contacts
from crm_data.search import fold, search

_BLOCK = 300  # contacts of one account or address that are compared
_ALIKE = 0.85  # names less alike than this are two people of one account
_SHOWN_FROM = 0.7


@dataclass(frozen=True)
class Duplicate:
    """A contact that may be the same person. `score`: 0 … 1; `reasons` say why, in words."""

    id: int
    name: str
    email: str | None
    phone: str | None
    score: float
    reasons: tuple[str, ...]


def duplicates(connection: Connection, viewer: Rights, contact: Row, limit: int = 8) -> list[Duplicate]:
    """The contacts most likely to be the same person, the likeliest first; none that are kept apart."""
    own_name = _name(contact)
    found = []
    decided = set(apart(connection))
    for row in _candidates(connection, viewer, contact).values():
        name = _name(row)
        alike = token_sort_ratio(own_name, name) / 100 if own_name and name else 0.0
        scores: dict[str, float] = {}
        if _same(contact["email"], row["email"]):
            scores["the same e-mail address"] = 0.8 + 0.2 * alike
        if _same_number(contact["phone"], row["phone"]):
            scores["the same telephone number"] = 0.3 + 0.68 * alike  # a switchboard has many people
        colleagues = contact["account_id"] is not None and contact["account_id"] == row["account_id"]
        if colleagues and alike >= _ALIKE:
            scores[f"the same account, and a name {alike:.0%} alike"] = 0.95 * alike
        score = max(scores.values(), default=0.0)
        pair = min(row["id"], contact["id"]), max(row["id"], contact["id"])
        if score >= _SHOWN_FROM and pair not in decided:
            found.append(
                Duplicate(row["id"], _shown(row), row["email"], row["phone"], min(score, 1.0), tuple(scores))
            )
    return sorted(found, key=lambda one: (-one.score, one.id))[:limit]


def _candidates(connection: Connection, viewer: Rights, contact: Row) -> dict[int, Row]:
    """The contacts worth comparing: those that share an address, a number or an account."""
    blocks: list[ColumnElement[bool]] = []
    if contact["email"]:
        alike = {contact["email"], contact["email"].lower()}
        blocks.append(contacts.c.email.in_(sorted(alike)))
    if contact["account_id"] is not None:
        blocks.append(contacts.c.account_id == contact["account_id"])
    conditions = [
        contacts.c.merged_into_id.is_(None),
        contacts.c.id != contact["id"],
        *accounts_seen(viewer, contacts.c.account_id),
    ]
    rows: dict[int, Row] = {}
    for block in blocks:
        listed = connection.execute(select(contacts).where(block, *conditions).limit(_BLOCK))
        rows.update((row["id"], dict(row)) for row in listed.mappings())
    for typed in (contact["email"], contact["phone"]):  # another spelling of the same
        if typed:
            ids = [one.id for one in search(connection, typed, viewer)[0][:_BLOCK] if one.id not in rows]
            listed = connection.execute(select(contacts).where(contacts.c.id.in_(ids), *conditions))
            rows.update((row["id"], dict(row)) for row in listed.mappings())
    return rows


def _name(row: Row) -> str:
    return fold(" ".join(part for part in (row["first_name"], row["last_name"]) if part)).strip()


def _shown(row: Row) -> str:
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    return name or row["email"] or row["phone"] or f"No. {row['id']}"


def _same(one: str | None, other: str | None) -> bool:
    return bool(one and other and one.strip().lower() == other.strip().lower())


def _same_number(one: str | None, other: str | None) -> bool:
    """The same digits at the end, seven or more: with or without the country's code."""
    ours, theirs = (re.sub(r"\D", "", number or "").lstrip("0") for number in (one, other))
    short, long = sorted((ours, theirs), key=len)
    return len(short) >= 7 and long.endswith(short)
