"""Contacts that are likely the same person, two by two; and those that are two people, after all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from crm_data.audit import Row
from crm_data.cleansing.matching import find_pairs
from crm_data.cleansing.records import Reason, Record
from crm_data.cleansing.schemes import LIKELY, PEOPLE, crm_records
from crm_data.edits.act import acting
from crm_data.edits.contacts import seen_contact
from crm_data.edits.errors import Gone
from crm_data.edits.revise import Saved
from crm_data.progress import Progress
from crm_data.rights import Rights, accounts_seen
from crm_data.schema.customers import accounts, contacts, contacts_apart

#: More pairs than this are a matter for an import that merges, not for a person who compares.
MOST = 5_000

_PORTION = 500  # keys in one statement
_TOLD = 10_000  # contacts


@dataclass(frozen=True)
class LikelyPair:
    """Two contacts, the older one first. `score`: the probability that they are one person; `reasons` say
    why in words, the strongest first."""

    one: int
    other: int
    score: float
    reasons: tuple[str, ...]


def likely_pairs(connection: Connection, progress: Progress = lambda *_: None) -> list[LikelyPair]:
    """The likeliest first, MOST at most. All contacts are compared: ten thousand take some seconds, a million
    some minutes."""
    found = []
    for pair in find_pairs(_contacts_told(connection, progress), PEOPLE, LIKELY, progress):
        one, other = sorted((int(pair.one), int(pair.other)))
        found.append(LikelyPair(one, other, pair.score, tuple(map(_in_words, pair.reasons))))
        if len(found) == MOST:
            break
    return found


def _contacts_told(connection: Connection, progress: Progress) -> Iterator[Record]:
    """All contacts; says how many of them were read."""
    total = connection.scalar(select(func.count()).select_from(contacts)) or 0
    for done, record in enumerate(crm_records(connection, "contacts")):
        if done % _TOLD == 0:
            progress("Reading all contacts", done, total)
        yield record


def _in_words(reason: Reason) -> str:
    if reason.how == "the same":
        return f"the same {reason.label}"
    return f"a similar {reason.label}" if reason.how == "alike" else f"but another {reason.label}"


def undecided(
    connection: Connection, viewer: Rights, pairs: Sequence[LikelyPair]
) -> list[tuple[LikelyPair, Row, Row]]:
    """Those of the pairs that are still two contacts, that the viewer may see and nobody keeps apart, with
    both contacts as they are now."""
    rows = _contacts(connection, viewer, {key for pair in pairs for key in (pair.one, pair.other)})
    decided = set(apart(connection))
    return [
        (pair, rows[pair.one], rows[pair.other])
        for pair in pairs
        if pair.one in rows and pair.other in rows and (pair.one, pair.other) not in decided
    ]


def kept_apart(connection: Connection, viewer: Rights) -> list[tuple[Row, Row]]:
    """The contacts that are kept apart, the last decision first."""
    pairs = apart(connection)
    rows = _contacts(connection, viewer, {key for pair in pairs for key in pair})
    return [(rows[one], rows[other]) for one, other in pairs if one in rows and other in rows]


def apart(connection: Connection) -> list[tuple[int, int]]:
    found = select(contacts_apart.c.one_id, contacts_apart.c.other_id).order_by(contacts_apart.c.id.desc())
    return [(row.one_id, row.other_id) for row in connection.execute(found)]


def keep_apart(engine: Engine, viewer: Rights, one: int, other: int, *, who: str | None = None) -> Saved:
    """Remember that the two are two people. Raises Gone, NotSaved, CrmUnavailable."""
    one, other = sorted((one, other))
    with acting(engine, "keep apart", who=who) as act:
        for key in (one, other):
            seen_contact(act, viewer, key)
        if _kept(act.connection, one, other) is None:
            act.insert(contacts_apart, {"one_id": one, "other_id": other})
        return Saved(one, act.key)


def compare_again(engine: Engine, viewer: Rights, one: int, other: int, *, who: str | None = None) -> Saved:
    """Forget that the two were kept apart. Raises Gone, CrmUnavailable."""
    one, other = sorted((one, other))
    with acting(engine, "compare again", who=who) as act:
        for key in (one, other):
            seen_contact(act, viewer, key)
        kept = _kept(act.connection, one, other)
        if kept is None:
            raise Gone("These two are not kept apart (any more).")
        act.delete(contacts_apart, kept)
        return Saved(one, act.key)


def _kept(connection: Connection, one: int, other: int) -> Row | None:
    same = (contacts_apart.c.one_id == one) & (contacts_apart.c.other_id == other)
    row = connection.execute(select(contacts_apart).where(same)).mappings().first()
    return dict(row) if row else None


def _contacts(connection: Connection, viewer: Rights, keys: Iterable[int]) -> dict[int, Row]:
    """The contacts by key, with their account's name; merged ones and those of others are left out."""
    wanted, found = sorted(keys), dict[int, Row]()
    columns = select(contacts, accounts.c.name.label("account"), accounts.c.country)
    listed = columns.outerjoin_from(contacts, accounts, accounts.c.id == contacts.c.account_id)
    listed = listed.where(contacts.c.merged_into_id.is_(None), *accounts_seen(viewer, contacts.c.account_id))
    for first in range(0, len(wanted), _PORTION):
        some = listed.where(contacts.c.id.in_(wanted[first : first + _PORTION]))
        found |= {row["id"]: dict(row) for row in connection.execute(some).mappings()}
    return found
