"""Whatever imports did, undoing them in reverse leaves every table as it was before each of them."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import Engine, insert, select

from crm_data.importers.decisions import Decisions, Merge
from crm_data.importers.deleting import missing
from crm_data.importers.undo import undo_import
from crm_data.schema import metadata
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.system import import_aliases
from tests.importers.desk import Desk

#: What an undo leaves behind on purpose.
KEPT = ("audit_log", "imports", "import_added", "import_changes", "tombstones")

MAPPING = """
    source = "{source}"
    currency = "EUR"
    [organisation]
    base_currency = "EUR"
    [[import]]
    object = "accounts"
    file = "accounts.csv"
    id = "Id"
    custom = { Note = "Note" }
    [import.columns]
    name = "Name"
    segment = "Segment"
    parent_id = { heading = "Parent", missing = "keep" }
    [[import]]
    object = "contacts"
    file = "contacts.csv"
    id = "Id"
    columns = { last_name = "Name", email = "Email", account_id = { heading = "Account", missing = "keep" } }
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    [import.columns]
    account_id = { heading = "Account", missing = "keep" }
    contact_id = { heading = "Contact", missing = "keep" }
    stage = "Stage"
    status = { value = "open" }
    amount = "Amount"
"""


def everything(crm: Engine) -> dict[str, list[dict[str, Any]]]:
    found = {}
    with crm.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name in KEPT:
                continue
            columns = [c for c in table.c if c.name not in ("version", "updated_at")]
            rows = connection.execute(select(*columns).order_by(columns[0])).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


def write_files(desk: Desk, dice: random.Random) -> None:
    def some(letter: str, most: int = 8) -> list[str]:
        return [f"{letter}{number}" for number in range(most) if dice.random() < 0.6]

    def maybe(letter: str) -> str:
        return dice.choice(["", *(f"{letter}{number}" for number in range(8))])

    one_of = dice.choice
    firms = [
        f"{key},Firm {dice.randrange(3)},{one_of(['SMB', 'Big', ''])},{maybe('A')},{one_of(['x', ''])}"
        for key in some("A")
    ]
    people = [f"{key},N {dice.randrange(3)},{one_of(['', 'a@b.ch'])},{maybe('A')}" for key in some("C")]
    deals = [
        f"{key},{maybe('A')},{maybe('C')},{dice.choice(['New', 'Offer'])},{dice.randrange(100)}.25"
        for key in some("D")
    ]
    desk.put("accounts.csv", "\n".join(["Id,Name,Segment,Parent,Note", *firms, ""]))
    desk.put("contacts.csv", "\n".join(["Id,Name,Email,Account", *people, ""]))
    desk.put("deals.csv", "\n".join(["Id,Account,Contact,Stage,Amount", *deals, ""]))


def do_import(desk: Desk, dice: random.Random) -> int:
    """An import with random files, mergers and deletions. Gives its key."""
    write_files(desk, dice)
    prepared = desk.read(MAPPING.replace("{source}", dice.choice(["old", "old", "other"])))
    merges: list[Merge] = []
    delete: dict[str, set[int]] = {}
    with desk.crm.connect() as connection:
        for table in (accounts, contacts):
            rows = list(prepared.stage.rows(prepared.objects[table.name]))
            taken = set(
                connection.scalars(select(table.c.source_id).where(table.c.source_system == prepared.source))
            )
            merged = select(import_aliases.c.source_id).where(
                import_aliases.c.table_name == table.name,
                import_aliases.c.source_system == prepared.source,
            )
            taken |= set(connection.scalars(merged))
            new = [row.source_id for row in rows if row.source_id not in taken]
            keys = list(connection.scalars(select(table.c.id)))
            if len(new) > 1 and dice.random() < 0.5:
                merges.append(Merge(table.name, new[0], new[1], dice.random() < 0.5))
            if len(new) > 2 and keys and dice.random() < 0.5:
                merges.append(Merge(table.name, new[2], dice.choice(keys), dice.random() < 0.5))
        gone = list(missing(connection, prepared.source, prepared.stage, prepared.objects))
    for one in gone:
        if dice.random() < 0.5:
            delete.setdefault(one.object, set()).add(one.key)
    decisions = Decisions(tuple(merges), {name: frozenset(keys) for name, keys in delete.items()})
    # A row that another one is to be merged into is not deleted by the same person.
    into = {merge.into for merge in merges}
    if any(into & keys for keys in decisions.delete.values()):
        decisions = Decisions(tuple(merges))
    outcome = desk.write(prepared, decisions)
    prepared.close()
    return outcome.key


def test_undone_in_reverse_every_table_is_as_before(desk: Desk) -> None:
    """Again and again in the same CRM, since it is always as it was; after the first time with own rows."""
    for seed in range(3):
        dice = random.Random(seed)
        before = []
        for _ in range(4):
            state = everything(desk.crm)
            before.append((do_import(desk, dice), state))
        for key, state in reversed(before):
            assert undo_import(desk.crm, key).kept == []
            now = everything(desk.crm)
            assert [name for name in state if now[name] != state[name]] == [], f"seed {seed}, import {key}"
        if seed == 0:
            with desk.crm.begin() as connection:
                for number in range(100, 103):
                    connection.execute(insert(accounts).values(id=number, name=f"Own {number}"))
                    connection.execute(insert(contacts).values(last_name="Own", account_id=number))


def test_the_same_files_and_decisions_again_change_nothing(desk: Desk) -> None:
    """An import that merges is idempotent: what was merged stays so without being asked again."""
    desk.put("accounts.csv", "Id,Name,Segment,Parent,Note\nA,Acme,,,\nB,Acme Ltd,Big,A,x\nC,Child,,B,\n")
    desk.put("contacts.csv", "Id,Name,Email,Account\nP,Pia,,B\nQ,Pia Q,p@q.ch,B\n")
    desk.put("deals.csv", "Id,Account,Contact,Stage,Amount\nD,B,Q,New,10\n")
    with desk.crm.begin() as connection:
        connection.execute(insert(contacts).values(id=7, last_name="Old"))
    decided = Decisions((Merge("accounts", "B", "A"), Merge("contacts", "Q", 7), Merge("contacts", "P", 7)))
    states = []
    for decisions in (decided, Decisions(), Decisions()):
        prepared = desk.read(MAPPING.replace("{source}", "old"))
        outcome = desk.write(prepared, decisions)
        prepared.close()
        assert outcome.objects["accounts"].merged == 1
        assert outcome.objects["contacts"].merged == 2
        with desk.crm.connect() as connection:
            versions = [tuple(row) for row in connection.execute(select(contacts.c.id, contacts.c.version))]
        states.append((versions, everything(desk.crm)))
    assert states[0] == states[1] == states[2]
    assert desk.rows(accounts, "name", "segment", "parent_id", "custom") == [
        ("Acme", "Big", None, {"Note": "x"}),
        ("Child", None, 1, None),
    ]
    assert desk.rows(contacts, "id", "last_name", "email", "account_id") == [(7, "Old", "p@q.ch", 1)]
