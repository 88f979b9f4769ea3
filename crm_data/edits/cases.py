"""Cases: open, change, comment, set waiting, resolve, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, or_, select

from crm_data.audit import Row
from crm_data.edits.act import Act, acting
from crm_data.edits.errors import Gone, NotSaved
from crm_data.edits.fields import Fields
from crm_data.edits.revise import Saved, mine, revise
from crm_data.rights import Rights, accounts_seen, cases_seen
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import teams, users
from crm_data.schema.sales import products
from crm_data.schema.service import case_comments, case_reopenings, cases

KINDS = ("case", "request")
PRIORITIES = ("urgent", "high", "normal", "low")
STATUSES = ("open", "waiting", "resolved")
DETAILS = (
    "subject", "description", "kind", "priority", "channel", "cause",
    "account_id", "contact_id", "product_id", "owner_id", "team_id", "due_at",
)  # fmt: skip
LONGEST_TEXT = 100_000

_REFERENCES: dict[str, tuple[Table, str]] = {
    "account_id": (accounts, "account"),
    "contact_id": (contacts, "contact"),
    "product_id": (products, "product"),
    "owner_id": (users, "user"),
    "team_id": (teams, "team"),
}
_DEEDS = {"owner_id": "assign", "team_id": "assign", "priority": "prioritise"}


def open_case(engine: Engine, viewer: Rights, typed: Mapping[str, Any], *, who: str | None = None) -> Saved:
    """Add a case; it is opened now. Raises Invalid, NotSaved, CrmUnavailable."""
    with acting(engine, "open", who=who) as act:
        given = {"subject": None, "priority": "normal", "kind": "case"} | dict(typed)
        values = _details(act, viewer, given, None)
        values = {name: value for name, value in values.items() if value is not None}
        key = act.insert(cases, values | {"status": "open", "opened_at": act.now})
        return Saved(key, act.key)


def change_case(
    engine: Engine,
    viewer: Rights,
    key: int,
    seen: Mapping[str, Any],
    typed: Mapping[str, Any],
    *,
    who: str | None = None,
) -> Saved:
    """Assign, reprioritise or correct a case that was opened as `seen`. Raises as `correct_contact` does."""
    changed = mine(seen, typed)
    deeds = {_DEEDS.get(name, "correct") for name in changed}
    with acting(engine, deeds.pop() if len(deeds) == 1 else "correct", who=who) as act:
        now = seen_case(act, viewer, key)
        wanted = _details(act, viewer, changed, now)
        return revise(act, cases, now, {name: seen[name] for name in DETAILS if name in seen}, wanted)


def comment(
    engine: Engine, viewer: Rights, key: int, body: str, *, public: bool = False, who: str | None = None
) -> Saved:
    """Add a comment. The first public one of a case answers the customer, and is its first response."""
    with acting(engine, "comment", who=who) as act:
        now = seen_case(act, viewer, key)
        fields = Fields({"body": body})
        fields.text("body", "The comment", LONGEST_TEXT, required=True, lines=True)
        values = fields.get()
        values |= {"case_id": key, "written_at": act.now, "public": public}
        act.insert(case_comments, values | {"author_id": _author(act.connection, act.actor)})
        if public and now["first_response_at"] is None and now["opened_at"] <= act.now:
            act.update(cases, now, {"first_response_at": act.now})
        return Saved(key, act.key)


def respond_again(act: Act, row: Row, *, returned: bool) -> None:
    """After a public comment was taken out, or put back by `returned`: which one is the first response now.

    A first response that is not that comment, such as an imported one, stays.
    """
    case, at = act.row(cases, row["case_id"]), row["written_at"]
    first = case["first_response_at"]
    if returned and case["opened_at"] <= at and (first is None or at < first):
        act.update(cases, case, {"first_response_at": at})
    elif not returned and first == at:
        log = case_comments.c
        later = select(func.min(log.written_at)).where(
            log.case_id == case["id"], log.public, log.written_at >= at
        )
        act.update(cases, case, {"first_response_at": act.connection.scalar(later)})


def set_waiting(engine: Engine, viewer: Rights, key: int, *, who: str | None = None) -> Saved:
    """The case waits for the customer."""
    return _move(engine, viewer, key, "wait", ("open",), {"status": "waiting"}, who)


def set_working(engine: Engine, viewer: Rights, key: int, *, who: str | None = None) -> Saved:
    """The case waits no longer."""
    return _move(engine, viewer, key, "continue", ("waiting",), {"status": "open"}, who)


def resolve(engine: Engine, viewer: Rights, key: int, *, who: str | None = None) -> Saved:
    """The case is resolved now."""
    return _move(engine, viewer, key, "resolve", ("open", "waiting"), {"status": "resolved"}, who)


def reopen(engine: Engine, viewer: Rights, key: int, *, who: str | None = None) -> Saved:
    """The case is open again; that it was resolved before is kept."""
    return _move(engine, viewer, key, "reopen", ("resolved",), {"status": "open"}, who)


def _move(
    engine: Engine,
    viewer: Rights,
    key: int,
    deed: str,
    only_from: tuple[str, ...],
    changes: Row,
    who: str | None,
) -> Saved:
    with acting(engine, deed, who=who) as act:
        now = seen_case(act, viewer, key)
        if now["status"] not in only_from:
            raise NotSaved(f"Meanwhile this case is {now['status']}. Nothing was changed; look at it again.")
        if now["opened_at"] > act.now or (now["resolved_at"] or act.now) > act.now:
            raise NotSaved("This case has a time in the future. Correct that first.")
        if deed == "reopen":
            ended = {"case_id": key, "resolved_at": now["resolved_at"], "reopened_at": act.now}
            act.update(cases, now, changes | {"resolved_at": None})
            act.insert(case_reopenings, ended)
        else:
            act.update(cases, now, changes | ({"resolved_at": act.now} if deed == "resolve" else {}))
        return Saved(key, act.key)


def seen_case(act: Act, viewer: Rights, key: int) -> Row:
    """The case, if the viewer may see it. Raises Gone."""
    row = find_case(act.connection, viewer, key)
    if row is None:
        raise Gone("There is no such case, or it is not for you to see.")
    return row


def find_case(connection: Connection, viewer: Rights, key: int) -> Row | None:
    row = connection.execute(select(cases).where(cases.c.id == key, *cases_seen(viewer))).mappings().first()
    return dict(row) if row else None


def _details(act: Act, viewer: Rights, typed: Mapping[str, Any], now: Row | None) -> Row:
    fields = Fields(typed)
    fields.text("subject", "The subject", 300, required=True)
    fields.text("description", "The description", LONGEST_TEXT, lines=True)
    fields.word("kind", "The kind", KINDS)
    fields.word("priority", "The priority", PRIORITIES)
    fields.text("channel", "The channel", 20)
    fields.text("cause", "The cause", 80)
    fields.instant("due_at", "The due time", earliest=now["opened_at"] if now else act.now)
    if fields.problems.get("due_at", "").endswith("too early."):
        fields.problems["due_at"] = "A case cannot be due before it was opened."
    for name, (table, label) in _REFERENCES.items():
        fields.key(name)
        key = fields.values.get(name)
        if key is not None and not _is_there(act.connection, viewer, table, key):
            fields.problems[name] = f"There is no such {label}."
    _contact_of_account(act.connection, fields, now or {})
    return fields.get()


def _contact_of_account(connection: Connection, fields: Fields, now: Mapping[str, Any]) -> None:
    """A case that is given a contact and no account belongs to the contact's."""
    contact = fields.values.get("contact_id")
    if contact is None or "account_id" in fields.values or now.get("account_id") is not None:
        return
    account = connection.scalar(select(contacts.c.account_id).where(contacts.c.id == contact))
    if account is not None:
        fields.values["account_id"] = account


def _is_there(connection: Connection, viewer: Rights, table: Table, key: int) -> bool:
    conditions = [table.c.id == key]
    if table is accounts:
        conditions += accounts_seen(viewer, accounts.c.id)
    if table is contacts:
        conditions += [contacts.c.merged_into_id.is_(None), *accounts_seen(viewer, contacts.c.account_id)]
    return connection.execute(select(table.c.id).where(*conditions)).first() is not None


def _author(connection: Connection, actor: str) -> int | None:
    """The CRM's user of that name or address, if there is exactly one."""
    same = or_(users.c.name == actor, func.lower(users.c.email) == actor.lower())
    found = connection.scalars(select(users.c.id).where(same).limit(2)).all()
    return found[0] if len(found) == 1 else None
