"""Hostile and broken input: a bad row is named and stays out alone; a bad file changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.run import run_import
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import exchange_rates, targets
from crm_data.schema.sales import opportunities
from tests.importers.desk import Desk, counts

NAMES = """
    [[import]]
    object = "accounts"
    file = "names.csv"
    id = "Id"
    columns = { name = "Name" }
"""

DEALS = """
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    [import.columns]
    name = "Name"
    stage = "Stage"
    status = "Status"
    amount = "Amount"
    currency = "Currency"
    probability = "P"
    opened_on = "Opened"
    closed_on = "Closed"
"""
HEADING = "Id,Name,Stage,Status,Amount,Currency,P,Opened,Closed\n"
GOOD = "good,Fine,New,open,10,EUR,0.5,2026-01-01,2026-02-01\n"

STRANGE = [
    'O\'Brien "Bob" \\ Sons',
    "'; DROP TABLE accounts; --",
    "=cmd|' /C calc'!A0",
    "+1234",
    "-1+1",
    "@SUM(1)",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](https://example.com/a.png)",
    "שלום עולם",
    "\u202egnp.exe",
    "👩‍👩‍👧‍👦 Family Ltd",
    "Ｆｕｌｌ　ｗｉｄｔｈ",
    "Line\nbreak",
    "%s %(a)s {0} $1 :name ?",
    "NULL",
    "nan",
    "0",
    "ﷺ" * 20,
    "a\u0300\u0301\u0302\u0303",
    "\x01\x1b[31mred",
]


def test_strange_names_come_in_as_they_are(desk: Desk) -> None:
    lines = ["Id,Name"] + [f'{i},"{name.replace(chr(34), chr(34) * 2)}"' for i, name in enumerate(STRANGE)]
    desk.put("names.csv", "\n".join(lines).encode())
    assert counts(desk.load(NAMES), "accounts") == (len(STRANGE), len(STRANGE), 0, 0, 0, 0)
    found = [name for (name,) in desk.rows(accounts, "name")]
    assert found[:-2] == STRANGE[:-2]
    assert found[-1] == STRANGE[-1]
    before = desk.everything()
    assert counts(desk.load(NAMES), "accounts")[3] == len(STRANGE)
    assert desk.everything() == before


def test_the_naughty_strings(desk: Desk, published: Callable[[str], Path]) -> None:
    naughty = json.loads((published("dirty") / "naughty-strings" / "blns.json").read_text())
    lines = ["Id,Name"] + ['{},"{}"'.format(i, name.replace('"', '""')) for i, name in enumerate(naughty)]
    desk.put("names.csv", "\n".join(lines).encode("utf-8", "replace"))
    outcome = desk.load(NAMES)
    _, added, _, _, rejected, _ = counts(outcome, "accounts")
    assert added > 450
    reasons = {row[5].split(" (")[0] for row in desk.rejected(outcome)}
    assert reasons <= {"is required but empty", "is longer than 300 characters"}
    assert added + rejected == len(naughty)
    assert counts(desk.load(NAMES), "accounts")[3] == added


@pytest.mark.parametrize(
    ("line", "column", "value", "reason"),
    [
        (",N,New,open,1,EUR,,,", "source_id", "", "is the row's id, but empty"),
        (f"{'9' * 201},N,New,open,1,EUR,,,", "source_id", "9" * 200, "is longer than 200 characters"),
        ("1,N,,open,1,EUR,,,", "stage", "", "is required but empty"),
        ("1,N,New,Halted,1,EUR,,,", "status", "Halted", "is none of 'open', 'won', 'lost'"),
        ('1,N,New,open,"1,5",EUR,,,', "amount", "1,5", "is not a number written with the decimal sign '.'"),
        ("1,N,New,open,1.00001,EUR,,,", "amount", "1.00001", "has more than four decimals"),
        ("1,N,New,open,=1+1,EUR,,,", "amount", "'=1+1", "is not a number"),
        ("1,N,New,open,1,,,,", "", "", "breaks the rule that amount IS NULL OR currency IS NOT NULL"),
        ("1,N,New,open,1,EUR,1.5,,", "probability", "1.5", "is no probability between 0 and 1"),
        ("1,N,New,open,1,EUR,,2026-02-31,", "opened_on", "2026-02-31", "is not a date written as iso"),
        ("1,N,New,open,1,EUR,,20226-01-01,", "opened_on", "20226-01-01", "is not a date written as iso"),
        ("1,N,New,open,1,EUR,,44927,", "opened_on", "44927", "is not a date written as iso"),
        ("1,N,New,open,1,EUR,,0226-01-01,", "opened_on", "0226-01-01", "is in the year 226"),
        ("1,N\0,New,open,1,EUR,,,", "name", "N\\0", "holds a NUL byte"),
        (f"1,{'x' * 301},New,open,1,EUR,,,", "name", "x" * 200, "is longer than 300 characters"),
        ("1,N,New,open", "", "", "has 4 cells under 9 headings; the file may be cut off here"),
        (
            "1,N,New,open,1,EUR,,,,more",
            "",
            "",
            "has 10 cells under 9 headings; a quotation mark may be missing",
        ),
    ],
    ids=range(17),
)
def test_a_bad_row_stays_out_alone(desk: Desk, line: str, column: str, value: str, reason: str) -> None:
    desk.put("deals.csv", (HEADING + GOOD + line + "\n" + GOOD.replace("good", "too")).encode())
    outcome = desk.load(DEALS)
    assert counts(outcome, "opportunities") == (3, 2, 0, 0, 1, 0)
    assert desk.rows(opportunities, "source_id") == [("good",), ("too",)]
    ((*place, found),) = desk.rejected(outcome)
    assert place == ["deals.csv", "3", "opportunities", column, value]
    assert found.startswith(reason)


def test_each_problem_of_a_row_is_listed(desk: Desk) -> None:
    desk.put("deals.csv", HEADING + "1,N,,stuck,x,EUR,y,z,\n")
    outcome = desk.load(DEALS)
    assert [row[3] for row in desk.rejected(outcome)] == [
        "stage",
        "status",
        "amount",
        "probability",
        "opened_on",
    ]
    assert counts(outcome, "opportunities") == (1, 0, 0, 0, 1, 0)


@pytest.mark.parametrize("change", ["longer", "other"])
def test_a_file_that_is_changed_while_it_is_read(desk: Desk, change: str) -> None:
    """Nobody could say which of its rows were imported."""
    path = desk.put("names.csv", "Id,Name\n" + "".join(f"{n},Firm {n}\n" for n in range(3000)))
    before = path.stat()

    def write(what: str, *_: int) -> None:
        if what.startswith("Reading") and path.stat().st_mtime_ns == before.st_mtime_ns:
            with path.open("r+") as file:
                file.seek(0, 2 if change == "longer" else 0)
                file.write("3000,One more\n" if change == "longer" else "Id,Nome\n")

    with pytest.raises(ImportStopped, match=r"names\.csv was changed while it was read"):
        run_import(desk.crm, parse_mapping(f'source = "old"\n{NAMES}'), [path], desk.reports, write)
    assert desk.rows(accounts, "id") == []
    assert counts(
        desk.load(NAMES.replace('"Name"', '"Name"' if change == "longer" else '"Nome"')), "accounts"
    )


def test_a_truncated_file(desk: Desk) -> None:
    whole = HEADING + GOOD + GOOD.replace("good", "too")
    for cut in range(len(HEADING + GOOD) + 1, len(whole) - 12, 7):
        desk.put("deals.csv", whole[:cut])
        outcome = desk.load(DEALS)
        assert counts(outcome, "opportunities")[4] == 1, whole[:cut]
        assert desk.rows(opportunities, "source_id") == [("good",)]


def test_a_row_that_runs_on_says_how_far(desk: Desk) -> None:
    desk.put("deals.csv", HEADING + '1,"N,New,open,1,EUR,,,\n2,N,New,open,1,EUR,,,\n' + GOOD + '3,"x,New\n')
    outcome = desk.load(DEALS)
    ((*_, line, _, _, _, reason),) = desk.rejected(outcome)
    assert line == "2"
    assert reason.endswith("the file may be cut off here (the row goes on to line 5)")


def test_closed_before_opened_is_loaded_and_noted(desk: Desk) -> None:
    desk.put("deals.csv", HEADING + "1,N,Won,won,1,EUR,,2026-03-01,2026-02-01\n")
    outcome = desk.load(DEALS)
    assert desk.rows(opportunities, "opened_on", "closed_on") == [(date(2026, 3, 1), date(2026, 2, 1))]
    assert [(n.column, n.rows, n.text) for n in outcome.notes] == [("closed_on", 1, "lies before opened_on")]


@pytest.mark.parametrize("code", ["EURO", "US$", "XXX", "€"])
def test_an_unknown_currency_stops_the_import(desk: Desk, code: str) -> None:
    desk.put("deals.csv", HEADING + GOOD + f"2,N,New,open,1,{code},,,\n")
    with pytest.raises(ImportStopped) as stopped:
        desk.load(DEALS)
    assert f"deals.csv, line 3: currency '{code}' is no currency code" in str(stopped.value)
    assert desk.rows(opportunities, "id") == []


def test_a_file_that_is_missing_stops_before_others_are_written(desk: Desk) -> None:
    desk.put("names.csv", "Id,Name\n1,Acme\n")
    with pytest.raises(ImportStopped, match=r"no file fits 'deals\.csv'"):
        desk.load(NAMES + DEALS)
    desk.put("deals.csv", HEADING.replace("Amount", "Amout") + GOOD)
    with pytest.raises(ImportStopped, match=r"there is no column 'Amount'.+mean 'Amout'"):
        desk.load(NAMES + DEALS)
    assert desk.rows(accounts, "id") == []


def test_a_report_that_cannot_be_written_undoes_the_import(desk: Desk) -> None:
    desk.reports.write_text("a file stands where the folder should be")
    desk.put("names.csv", "Id,Name\n1,Acme\n2,\n")
    with pytest.raises(
        ImportStopped, match=r"list of rejected rows.+cannot be written.+Nothing was imported"
    ):
        desk.load(NAMES)
    assert desk.rows(accounts, "id") == []


def test_what_must_be_unique_is_named(desk: Desk) -> None:
    desk.put("rates.csv", "Id,C,D,R\n1,USD,2026-01-01,1\n2,USD,2026-01-01,2\n3,USD,2026-01-02,-1\n")
    outcome = desk.load(
        """
        [[import]]
        object = "exchange_rates"
        file = "rates.csv"
        id = "Id"
        columns = { currency = "C", valid_on = "D", rate = "R" }
        """
    )
    assert [row[0] for row in desk.rows(exchange_rates, "source_id")] == ["1"]
    assert [row[3:] for row in desk.rejected(outcome)] == [
        ["currency, kind, valid_on", "", "is the same as in another row, where it must differ"],
        ["", "", "breaks the rule that rate > 0"],
    ]


def test_two_targets_of_the_whole_are_one_too_many(desk: Desk) -> None:
    desk.put(
        "targets.csv",
        "Id,K,A,B,T\n1,revenue_won,2026-01-01,2026-04-01,5\n2,revenue_won,2026-01-01,2026-04-01,6\n",
    )
    outcome = desk.load(
        """
        [[import]]
        object = "targets"
        file = "targets.csv"
        id = "Id"
        columns = { kpi = "K", period_start = "A", period_end = "B", target = "T" }
        """
    )
    assert len(desk.rows(targets, "id")) == 1
    assert desk.rejected(outcome)[0][3:] == [
        "kpi, period_start, period_end",
        "",
        "is the same as in another row, where it must differ",
    ]


def test_a_contact_needs_some_name(desk: Desk) -> None:
    desk.put("people.csv", "Id,Mail\n1,a@example.com\n2,\n")
    outcome = desk.load(
        """
        [[import]]
        object = "contacts"
        file = "people.csv"
        id = "Id"
        columns = { email = "Mail" }
        """
    )
    assert desk.rows(contacts, "email") == [("a@example.com",)]
    assert counts(outcome, "contacts") == (2, 1, 0, 0, 1, 0)


def test_the_report_opens_as_text(desk: Desk) -> None:
    desk.put(
        "deals.csv", HEADING + '1,N,New,open,"=HYPERLINK(""http://x"")",EUR,,,\n2,N,New,@open,1,EUR,,,\n'
    )
    outcome = desk.load(DEALS)
    assert outcome.report is not None
    assert outcome.report.parent == desk.reports
    assert [row[4] for row in desk.rejected(outcome)] == ['\'=HYPERLINK("http://x")', "'@open"]


def test_custom_columns_hold_text_only(desk: Desk) -> None:
    desk.put("names.csv", b"Id,Name,Extra\n1,Acme,a\0b\n2,Bolt,=1+1\n")
    outcome = desk.load(NAMES.replace('id = "Id"', 'id = "Id"\n    custom = { extra = "Extra" }'))
    assert desk.rows(accounts, "name", "custom") == [("Bolt", {"extra": "=1+1"})]
    assert desk.rejected(outcome)[0][3:] == ["custom", "a\\0b", "holds a NUL byte, which is no text"]
