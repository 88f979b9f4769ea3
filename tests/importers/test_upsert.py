"""Importing again: what is new is added, what differs is updated, the rest is left alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from crm_data.importers.errors import ImportStopped
from crm_data.organisation import read_organisation
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import organisation, regions, users
from crm_data.schema.sales import opportunities, opportunity_history, products
from crm_data.schema.service import cases
from crm_data.schema.system import audit_log, imports
from tests.importers.desk import Desk, counts

DEALS = """
    currency = "EUR"
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    [import.columns]
    name = "Name"
    stage = "Stage"
    status = { value = "open" }
    amount = "Amount"
"""


def test_only_what_differs_is_touched(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n2,Two,New,20\n3,Three,New,30\n")
    assert counts(desk.load(DEALS), "opportunities") == (3, 3, 0, 0, 0, 0)
    before = desk.rows(opportunities, "source_id", "version", "updated_at")
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10.00\n2,Two,Won,20\n4,Four,New,40\n")
    assert counts(desk.load(DEALS), "opportunities") == (3, 1, 1, 1, 0, 0)
    after = {row[0]: row[1:] for row in desk.rows(opportunities, "source_id", "version", "updated_at")}
    assert after["1"] == before[0][1:]
    assert after["3"] == before[2][1:], "a row that the file no longer has stays"
    assert after["2"][0] == 2
    assert after["2"][1] > before[1][2]
    assert desk.rows(opportunities, "name", "stage", "amount")[1] == ("Two", "Won", Decimal(20))


def test_an_update_writes_history_once_and_an_insert_none(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n2,Two,New,20\n")
    desk.load(DEALS)
    assert desk.rows(opportunity_history, "id") == []
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,Uno,New,10\n2,Two,Won,25\n")
    desk.load(DEALS)
    kept = desk.rows(opportunity_history, "opportunity_id", "stage", "amount")
    key = desk.rows(opportunities, "id")[1][0]
    assert kept == [(key, "New", Decimal(20)), (key, "Won", Decimal(25))]


def test_columns_that_are_not_mapped_are_kept(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n")
    desk.load(DEALS)
    with desk.crm.begin() as connection:
        connection.execute(update(opportunities).values(close_reason="price"))
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,Won,10\n")
    desk.load(DEALS)
    assert desk.rows(opportunities, "stage", "close_reason") == [("Won", "price")]


def test_an_empty_cell_empties_the_column(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n")
    desk.load(DEALS)
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,,New,\n")
    desk.load(DEALS)
    assert desk.rows(opportunities, "name", "amount") == [(None, None)]


def test_of_rows_with_one_id_the_last_counts(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n2,Two,New,20\n1,Uno,Won,11\n")
    outcome = desk.load(DEALS)
    assert counts(outcome, "opportunities") == (3, 2, 0, 0, 0, 1)
    assert desk.rows(opportunities, "source_id", "name", "amount") == [
        ("1", "Uno", Decimal(11)),
        ("2", "Two", Decimal(20)),
    ]
    assert [(n.text, n.rows) for n in outcome.notes] == [("id comes again in a later row, which counts", 1)]
    assert counts(desk.load(DEALS), "opportunities") == (3, 0, 0, 2, 0, 1)


def test_two_parts_may_fill_one_object(desk: Desk) -> None:
    """What both give comes from the later one, so that importing again changes nothing."""
    mapping = """
        [[import]]
        object = "users"
        file = "staff.csv"
        id = "Chief"
        [import.columns]
        name = "Chief"
        role = { value = "manager" }
        [[import]]
        object = "users"
        file = "staff.csv"
        id = "Person"
        [import.columns]
        name = "Person"
        email = "Mail"
        manager_id = "Chief"
        role = { value = "member" }
    """
    desk.put(
        "staff.csv", "Person,Mail,Chief\nAnn,ann@example.com,Bo\nCy,cy@example.com,Bo\nBo,bo@example.com,\n"
    )
    assert counts(desk.load(mapping), "users") == (6, 3, 0, 0, 1, 2)
    keys = dict(desk.rows(users, "name", "id"))
    assert sorted(desk.rows(users, "name", "email", "role", "manager_id")) == [
        ("Ann", "ann@example.com", "member", keys["Bo"]),
        ("Bo", "bo@example.com", "member", None),
        ("Cy", "cy@example.com", "member", keys["Bo"]),
    ]
    before = desk.everything()
    desk.load(mapping)
    assert desk.everything() == before


ACCOUNTS = """
    [[import]]
    object = "accounts"
    file = "accounts.csv"
    id = "Id"
    custom = { colour = "Colour", size = "Size" }
    [import.columns]
    name = "Name"
"""


def test_custom_columns_are_merged(desk: Desk) -> None:
    desk.put("accounts.csv", "Id,Name,Colour,Size\n1,Acme,red,\n2,Bolt,,\n")
    desk.load(ACCOUNTS)
    assert desk.rows(accounts, "custom") == [({"colour": "red"},), (None,)]
    with desk.crm.begin() as connection:
        connection.execute(
            update(accounts).where(accounts.c.source_id == "1").values(custom={"colour": "red", "own": 1})
        )
    assert counts(desk.load(ACCOUNTS), "accounts")[3] == 2
    desk.put("accounts.csv", "Id,Name,Colour,Size\n1,Acme,,big\n2,Bolt,,\n")
    desk.load(ACCOUNTS)
    assert desk.rows(accounts, "custom") == [({"own": 1, "size": "big"},), (None,)]


def test_settings_are_given_to_an_empty_crm_only(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n")
    mapping = 'organisation = { name = "Acme", base_currency = "USD", week_start = 7 }\n' + DEALS.replace(
        "EUR", "USD"
    )
    desk.load(mapping)
    with desk.crm.connect() as connection:
        settings = read_organisation(connection)
    assert (settings.name, settings.base_currency, settings.week_start) == ("Acme", "USD", 7)
    outcome = desk.load(mapping.replace('base_currency = "USD"', 'base_currency = "CHF"'))
    with desk.crm.connect() as connection:
        assert read_organisation(connection).base_currency == "USD"
    assert [(n.object, n.column, n.text) for n in outcome.notes] == [
        ("organisation", "base_currency", "kept USD, as the CRM has it")
    ]


def test_the_demo_is_not_mixed_with_real_data(desk: Desk) -> None:
    with desk.crm.begin() as connection:
        connection.execute(insert(organisation).values(id=1, name="Demo", demo_seed=1))
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n")
    with pytest.raises(ImportStopped, match="holds the demo"):
        desk.load(DEALS)
    assert desk.rows(opportunities, "id") == []


def test_the_import_and_its_audit_row_are_written(desk: Desk) -> None:
    started = datetime.now(UTC)
    desk.put("deals.csv", "Id,Name,Stage,Amount\n1,One,New,10\n")
    desk.load(DEALS)
    with desk.crm.connect() as connection:
        entry = connection.execute(select(imports)).one()
        audit = connection.execute(select(audit_log)).one()
    (updated,) = desk.rows(opportunities, "updated_at")[0]
    assert started <= entry.started_at <= updated <= entry.finished_at <= datetime.now(UTC)
    assert entry.source_system == "old"
    assert entry.counts["opportunities"]["added"] == 1
    assert [(f["name"], f["size"], len(f["sha256"])) for f in entry.files] == [("deals.csv", 34, 64)]
    assert (audit.action, audit.table_name, audit.row_id, audit.after) == (
        "import",
        "imports",
        entry.id,
        entry.counts,
    )


def test_a_column_with_a_default_keeps_it_where_the_cell_is_empty(desk: Desk) -> None:
    desk.put(
        "cases.csv",
        "Id,Subject,Priority,Opened\n1,Help,,2026-01-05\n2,Fire,urgent,2026-01-05\n3,Eh,,2026-01-05\n",
    )
    mapping = """
        [[import]]
        object = "cases"
        file = "cases.csv"
        id = "Id"
        columns = { subject = "Subject", priority = "Priority", opened_at = "Opened" }
    """
    desk.load(mapping)
    assert sorted(desk.rows(cases, "source_id", "priority")) == [
        ("1", "normal"),
        ("2", "urgent"),
        ("3", "normal"),
    ]
    assert counts(desk.load(mapping), "cases")[3] == 3


def test_each_kind_of_value_comes_back_the_same(desk: Desk) -> None:
    """So that a second import finds nothing changed: money, shares, days, instants, yes and no."""
    desk.put(
        "people.csv", "Id,Name,Ok,At\n1,Ann,yes,2026-03-29 01:30\n2,Bo,,2026-07-01T12:00:00.123456+02:00\n"
    )
    desk.put("deals.csv", "Id,P,A,D\n1,33.3%,1234567890.1234,2026-02-28\n2,0.1,-0.01,2024-02-29\n")
    mapping = """
        time_zone = "Europe/Berlin"
        currency = "EUR"
        [[import]]
        object = "contacts"
        file = "people.csv"
        id = "Id"
        columns = { last_name = "Name", email_consent = "Ok", consent_at = "At" }
        [[import]]
        object = "opportunities"
        file = "deals.csv"
        id = "Id"
        [import.columns]
        probability = "P"
        amount = "A"
        opened_on = "D"
        stage = { value = "x" }
        status = { value = "Open" }
    """
    desk.load(mapping)
    assert desk.rows(contacts, "email_consent", "consent_at") == [
        (True, datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        (None, datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)),
    ]
    assert desk.rows(opportunities, "probability", "amount", "opened_on", "status") == [
        (0.333, Decimal("1234567890.1234"), date(2026, 2, 28), "open"),
        (0.1, Decimal("-0.01"), date(2024, 2, 29), "open"),
    ]
    outcome = desk.load(mapping)
    assert counts(outcome, "contacts")[3] == counts(outcome, "opportunities")[3] == 2


def test_rates_are_kept_to_their_last_digit(desk: Desk) -> None:
    desk.put("rates.csv", "Id,C,D,R\n1,usd,2026-01-01,0.123456789012345\n2,JPY,2026-01-01,161.123456789\n")
    mapping = """
        [[import]]
        object = "exchange_rates"
        file = "rates.csv"
        id = "Id"
        columns = { currency = "C", valid_on = "D", rate = "R" }
    """
    desk.load(mapping)
    assert counts(desk.load(mapping), "exchange_rates")[3] == 2


def test_products_and_regions_by_template(desk: Desk) -> None:
    desk.put("p.csv", "Brand,Model\nGTX,Pro\nGTX,\n,\n")
    outcome = desk.load(
        """
        [[import]]
        object = "products"
        file = "p.csv"
        id = "{Brand}/{Model}"
        columns = { name = { template = "{Brand} {Model}" } }
        """
    )
    assert desk.rows(products, "source_id", "name") == [("GTX/Pro", "GTX Pro"), ("GTX/", "GTX")]
    assert counts(outcome, "products") == (2, 2, 0, 0, 0, 0)
    assert desk.rows(regions, "id") == []
