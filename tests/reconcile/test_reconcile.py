"""The files' cells are counted again beside the CRM, and what differs has its reason."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sqlalchemy import delete, update

from crm_data.engine import connect
from crm_data.importers.mapping import Mapping, parse_mapping, read_mapping
from crm_data.importers.run import run_import
from crm_data.reconcile import Reconciliation, reconcile
from crm_data.reconcile.entry import rejected_in
from crm_data.schema.base import utc_now
from crm_data.schema.sales import opportunities
from tests.importers.desk import Desk

DEALS = """
source = "old"
decimal = ","
thousands = "."
dates = "%d.%m.%Y"
currency = "EUR"

[[import]]
object = "opportunities"
file = "deals.csv"
id = "No"
[import.columns]
name = "Title"
stage = "Phase"
status = { heading = "Phase", map = { Gewonnen = "won", Verloren = "lost" }, otherwise = "open" }
amount = { heading = "Wert", when = { Phase = ["Gewonnen", "Angebot"] } }
closed_on = "Ende"
"""
ROWS = """
No;Title;Phase;Wert;Ende
1;Eins;Gewonnen;1.234,56 €;03.04.2026
2;Zwei;Verloren;999,00;04.04.2026
3;Drei;Angebot;(500);
4;Vier;Gewonnen;2.000;31.05.2026
5;Fünf;Gewonnen;oops;01.06.2026
6;Sechs;Gewonnen;1,00;01.06.2026
6;Sechs;Gewonnen;2,50;01.06.2026
"""


def imported(desk: Desk) -> Callable[[], Reconciliation]:
    """Import the deals. What it gives compares them with the CRM as it then is."""
    desk.put("deals.csv", ROWS)
    mapping = parse_mapping(DEALS)
    outcome = desk.load(DEALS)
    assert outcome.report
    rejected, finished = rejected_in(outcome.report), utc_now()
    return lambda: reconcile(desk.crm, mapping, [desk.folder], rejected, finished)


def sums(found: Reconciliation, by: str) -> dict[str, tuple[int, Decimal, int, Decimal]]:
    return {
        one.key: (one.rows, one.amount, one.crm_rows, one.crm_amount) for one in found.shares if one.by == by
    }


def test_every_row_is_counted_and_every_difference_explained(desk: Desk) -> None:
    found = imported(desk)()
    (deals,) = found.objects
    assert (deals.read, deals.found, deals.rejected, deals.replaced, deals.missing) == (7, 5, 1, 1, 0)
    assert sums(found, "status") == {
        "won": (5, Decimal("3238.06"), 3, Decimal("3237.06")),
        "lost": (1, Decimal(0), 1, Decimal(0)),
        "open": (1, Decimal(-500), 1, Decimal(-500)),
    }
    assert sums(found, "month")["2026-06"] == (3, Decimal("3.50"), 1, Decimal("2.50"))
    assert [(cause.reason, cause.rows, cause.explained, cause.effect) for cause in found.causes] == [
        ("rejected: amount is not a number written with the decimal sign ','", 1, True, Decimal(0)),
        ("replaced by a later row with the same id", 1, True, Decimal(-1)),
    ]
    assert found.unexplained == 0
    assert found.remarks == ["deals.csv, amount cannot be read again: 1 cell"]


def test_what_happened_since_is_explained_and_adds_up(desk: Desk) -> None:
    """Whatever is done to the CRM: the files' sum and the differences' effects give the CRM's sum."""
    again = imported(desk)
    with desk.crm.begin() as crm:
        crm.execute(delete(opportunities).where(opportunities.c.source_id == "1"))
        crm.execute(
            update(opportunities)
            .where(opportunities.c.source_id == "4")
            .values(amount=Decimal(1999), updated_at=utc_now())
        )
        crm.execute(
            update(opportunities)
            .where(opportunities.c.source_id == "3")
            .values(status="lost", updated_at=utc_now())
        )
    found = again()
    reasons = {
        one.source_id: (one.what, one.reason.split(" on ")[0], one.effect)
        for one in found.differences
        if one.source_id not in ("5", "6")
    }
    assert reasons == {
        "1": ("row", "deleted from the CRM", Decimal("-1234.56")),
        "3": ("status", "changed in the CRM since the import", None),
        "4": ("amount", "changed in the CRM since the import", Decimal(-1)),
    }
    (total,) = found.totals()
    assert total.amount + sum(cause.effect for cause in found.causes) == total.crm_amount
    assert found.unexplained == 0


def test_what_nothing_explains_is_said_so(desk: Desk) -> None:
    """As if the import had lost a row and misread an amount."""
    again = imported(desk)
    desk.put("deals.csv", ROWS.replace("2.000", "2.001") + "8;Acht;Gewonnen;7,00;01.07.2026\n")
    found = again()
    unexplained = {one.source_id: (one.what, one.effect) for one in found.differences if not one.explained}
    assert unexplained == {"4": ("amount", Decimal(-1)), "8": ("row", Decimal(-7))}
    assert found.unexplained == 2
    assert not found.agrees


def test_a_repeated_row_that_was_rejected_is_not_replaced(desk: Desk) -> None:
    desk.put("deals.csv", "No;Title;Phase;Wert;Ende\n1;A;Gewonnen;1,00;1802\n1;A;Gewonnen;2,00;03.04.2026\n")
    mapping = parse_mapping(DEALS)
    outcome = run_import(desk.crm, mapping, [desk.folder], desk.reports, lambda *_: None)
    assert outcome.report
    found = reconcile(desk.crm, mapping, [desk.folder], rejected_in(outcome.report), utc_now())
    assert [(one.read, one.found, one.rejected, one.replaced) for one in found.objects] == [(2, 1, 1, 0)]
    assert [(one.source_id, one.line, one.effect) for one in found.differences] == [("1", 2, Decimal(-1))]
    assert found.differences[0].reason.startswith("rejected: closed_on")


def test_what_the_mapping_leaves_empty_is_explained(desk: Desk) -> None:
    """Amounts are never rounded; those that cannot be kept are left empty where the mapping says so."""
    desk.put("a.csv", f"No,Name,Revenue\n1,A,1.23456\n2,B,{10**15}\n3,C,5\n")
    mapping = parse_mapping("""
        source = "old"
        [[import]]
        object = "accounts"
        file = "a.csv"
        id = "No"
        columns = { name = "Name", annual_revenue = { heading = "Revenue", invalid = "empty" } }
        """)
    run_import(desk.crm, mapping, [desk.folder], desk.reports, lambda *_: None)
    found = reconcile(desk.crm, mapping, [desk.folder], [], utc_now())
    assert [(one.source_id, one.effect, one.explained, one.reason) for one in found.differences] == [
        ("1", Decimal("-1.23456"), True, "left empty, since it has more than four decimals"),
        ("2", Decimal(-(10**15)), True, "left empty, since it is too large"),
    ]


def test_months_are_those_of_the_organisation_s_clock(desk: Desk) -> None:
    """22:00 in New York on the last of a month is the next month in Berlin; a day is a day anywhere."""
    desk.put("c.csv", "ID,S,Opened\n1,a,2026-01-31 22:00\n2,b,2026-02-10 22:00\n3,c,2026-02-28\n")
    mapping = parse_mapping("""
        source = "old"
        time_zone = "America/New_York"
        [organisation]
        time_zone = "Europe/Berlin"
        [[import]]
        object = "cases"
        file = "c.csv"
        id = "ID"
        columns = { subject = "S", opened_at = "Opened", priority = { value = "high" } }
        [[import]]
        object = "opportunities"
        file = "c.csv"
        id = "ID"
        columns = { stage = { value = "x" }, status = { value = "open" }, opened_on = "Opened" }
        """)
    run_import(desk.crm, mapping, [desk.folder], desk.reports, lambda *_: None)
    found = reconcile(desk.crm, mapping, [desk.folder], [], utc_now())
    months = [(one.object, one.key, one.rows, one.crm_rows) for one in found.shares if one.by == "month"]
    assert months == [
        ("cases", "2026-02", 3, 3),
        ("opportunities", "2026-01", 1, 1),
        ("opportunities", "2026-02", 2, 2),
    ]
    assert found.agrees


def test_the_published_set_agrees_and_its_sums_are_pythons_own(
    sqlite_template: Path, published: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = published("maven_crm_sales")
    crm = connect(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'crm.db')}")
    mapping: Mapping = read_mapping(Path("docs/examples/maven_crm_sales.toml"))
    run_import(crm, mapping, [folder], tmp_path, lambda *_: None)
    found = reconcile(crm, mapping, [folder], [], utc_now())
    assert found.agrees
    with (folder / "sales_pipeline.csv").open(encoding="utf-8-sig", newline="") as file:
        months: Counter[str] = Counter()
        for row in csv.DictReader(file):
            if row["deal_stage"] == "Won":
                months[row["close_date"][:7]] += int(row["close_value"])
    deals = [one for one in found.shares if one.object == "opportunities"]
    assert {one.key: one.crm_amount for one in deals if one.by == "month" and one.amount} == months
    assert {one.key: one.crm_rows for one in deals if one.by == "status"} == {
        "won": 4238,
        "lost": 2473,
        "open": 2089,
    }
    (total,) = [one for one in found.totals() if one.object == "opportunities"]
    assert total.amount == total.crm_amount == Decimal(10_005_534)
    crm.dispose()
