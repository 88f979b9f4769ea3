"""Contacts: create, correct, consent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, select

from crm_data.audit import Row
from crm_data.edits.act import Act, acting
from crm_data.edits.errors import Gone, Invalid
from crm_data.edits.fields import Fields
from crm_data.edits.revise import Saved, mine, revise
from crm_data.rights import Rights, accounts_seen
from crm_data.schema.customers import accounts, contacts

#: The fields of the form to correct a contact, and of the one about consent.
DETAILS = ("first_name", "last_name", "title", "email", "phone", "language", "account_id")
CONSENT = ("email_consent", "phone_consent", "consent_at", "consent_source")


def create_contact(
    engine: Engine, viewer: Rights, typed: Mapping[str, Any], *, who: str | None = None
) -> Saved:
    """Add a contact. Raises Invalid, NotSaved, CrmUnavailable."""
    with acting(engine, "create", who=who) as act:
        values = _details(act, viewer, dict.fromkeys(DETAILS) | dict(typed), named=True)
        key = act.insert(contacts, {name: value for name, value in values.items() if value is not None})
        return Saved(key, act.key)


def correct_contact(
    engine: Engine,
    viewer: Rights,
    key: int,
    seen: Mapping[str, Any],
    typed: Mapping[str, Any],
    *,
    who: str | None = None,
) -> Saved:
    """Change a contact that was opened as `seen`. What was not touched is not checked either.

    Raises Invalid, Conflict, Gone, NotSaved, CrmUnavailable.
    """
    with acting(engine, "correct", who=who) as act:
        now = seen_contact(act, viewer, key)
        changed = mine(seen, typed)
        named = bool({"first_name", "last_name"} & changed.keys())
        wanted = _details(act, viewer, changed, named=named, rest=now)
        return revise(act, contacts, now, {name: seen[name] for name in DETAILS if name in seen}, wanted)


def set_consent(
    engine: Engine,
    viewer: Rights,
    key: int,
    seen: Mapping[str, Any],
    typed: Mapping[str, Any],
    *,
    who: str | None = None,
) -> Saved:
    """Note what a contact agreed to or took back: each change has its time and its source.

    An answer that differs from the one before needs another time than that one's: else it would be as old.
    Raises as `correct_contact` does; Invalid proposes now where the time lacks.
    """
    with acting(engine, "consent", who=who) as act:
        now = seen_contact(act, viewer, key)
        changed = mine(seen, typed)
        fields = Fields(dict(typed) if changed else {})
        fields.flag("email_consent")
        fields.flag("phone_consent")
        fields.instant("consent_at", "The time of the consent", latest=act.now)
        fields.text("consent_source", "The source of the consent", 120)
        wanted = mine(seen, fields.values)
        if changed:
            fields.problems |= _without_proof(fields.values, fields.problems)
            fields.problems = _as_old_as_before(wanted, now) | fields.problems
        if fields.problems:
            untouched = typed.get("consent_at") in (None, seen.get("consent_at"))
            lacks = untouched and "consent_at" in fields.problems
            raise Invalid(fields.problems, {"consent_at": act.now} if lacks else None)
        return revise(act, contacts, now, {name: seen[name] for name in CONSENT if name in seen}, wanted)


def seen_contact(act: Act, viewer: Rights, key: int) -> Row:
    """The contact, if the viewer may see it. Raises Gone; a merged one says where it went."""
    row = find_contact(act.connection, viewer, key)
    if row is None:
        raise Gone("There is no such contact, or it is not for you to see.")
    if row["merged_into_id"] is not None:
        raise Gone(f"This contact was merged into contact no. {row['merged_into_id']}. Edit that one.")
    return row


def find_contact(connection: Connection, viewer: Rights, key: int) -> Row | None:
    """A contact's row, merged ones included; None where there is none for this viewer."""
    conditions = [contacts.c.id == key, *accounts_seen(viewer, contacts.c.account_id)]
    row = connection.execute(select(contacts).where(*conditions)).mappings().first()
    return dict(row) if row else None


def _details(
    act: Act, viewer: Rights, typed: Mapping[str, Any], *, named: bool, rest: Mapping[str, Any] | None = None
) -> Row:
    fields = Fields(typed)
    fields.text("first_name", "The first name", 120)
    fields.text("last_name", "The last name", 120)
    fields.text("title", "The job title", 120)
    fields.text("language", "The language", 20)
    fields.email("email")
    fields.key("account_id")
    rest = rest or {}
    account = fields.values.get("account_id", rest.get("account_id"))
    known, country = _account(act.connection, viewer, account)
    if account is not None and not known and "account_id" in typed:
        fields.problems["account_id"] = "There is no such account."
    fields.phone("phone", country)
    names = ("first_name", "last_name")
    if named and not any(
        fields.values.get(name, rest.get(name)) or name in fields.problems for name in names
    ):
        fields.problems["last_name"] = "A contact needs a first or a last name."
    return fields.get()


def _account(connection: Connection, viewer: Rights, key: int | None) -> tuple[bool, str | None]:
    """Whether there is such an account for the viewer, and its country."""
    if key is None:
        return False, None
    conditions = [accounts.c.id == key, *accounts_seen(viewer, accounts.c.id)]
    row = connection.execute(select(accounts.c.country).where(*conditions)).first()
    return row is not None, row.country if row else None


def _as_old_as_before(wanted: Row, now: Row) -> dict[str, str]:
    """A new answer would stand under the time of the one before."""
    new = any(
        wanted.get(name) is not None and wanted[name] != now[name]
        for name in ("email_consent", "phone_consent")
    )
    if not new or "consent_at" in wanted:
        return {}
    return {"consent_at": "This is the time of the answer before. When was the new one given?"}


def _without_proof(values: Row, problems: Mapping[str, str]) -> dict[str, str]:
    """An answer needs its time and its source; no answer needs neither."""
    if values.get("email_consent") is None and values.get("phone_consent") is None:
        return {}
    missing = {
        "consent_at": "When was it given or taken back?",
        "consent_source": "Where does it come from? A form, a call, a letter …",
    }
    return {
        name: words for name, words in missing.items() if values.get(name) is None and name not in problems
    }
