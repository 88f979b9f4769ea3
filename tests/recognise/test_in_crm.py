"""A later export with few columns: its rows are in the CRM, and must not come in a second time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.recognise import Override, recognise
from crm_data.importers.recognise.in_crm import proposed_in, recognised_in
from crm_data.importers.recognise.model import Proposal
from crm_data.importers.run import run_import
from crm_data.schema.customers import accounts
from crm_data.schema.sales import opportunities
from tests.importers.conftest import desk
from tests.importers.desk import Desk
from tests.recognise.conftest import rows

__all__ = ["desk"]

Bring = Callable[..., Proposal]

HUBSPOT = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Create Date,Close Date,Deal owner,"
    "Associated Company IDs,Associated Company\n"
    "{0},Big,Closed Won,Sales,1000,2026-01-01 10:00,2026-01-31 10:00,Ann,501,Acme\n"
    "{1},Small,Contract Sent,Sales,500,2026-01-02 10:00,2026-05-31 10:00,Ben,502,Bolt\n"
)


@pytest.fixture
def bring(own: Engine, tmp_path: Path) -> Bring:
    """Import a file as the command line does."""

    def run(name: str, text: str, *says: Override, **further: str) -> Proposal:
        paths = []
        for file, content in (
            {name: text} | {f"{stem}.csv": content for stem, content in further.items()}
        ).items():
            paths.append(tmp_path / file)
            paths[-1].write_text(content)
        with own.connect() as connection:
            found = recognised_in(connection, recognise(paths))
            problems = [one.problem for one in found if one.problem]
            if problems and not says:
                raise ImportStopped(problems[0])
            proposal = proposed_in(connection, found, says, "USD")
        run_import(own, proposal.mapping, paths, tmp_path / "reports", lambda *_: None)
        return proposal

    return run


def won(engine: Engine) -> Decimal:
    query = select(func.sum(opportunities.c.amount)).where(opportunities.c.status == "won")
    with engine.connect() as connection:
        return connection.scalar(query) or Decimal(0)


@pytest.mark.parametrize("ids", [("9000000001", "9000000002"), ("1", "2")])
def test_the_ids_tell_whose_rows_they_are(own: Engine, bring: Bring, ids: tuple[str, str]) -> None:
    bring("deals.csv", HUBSPOT.format(*ids))
    later = f"Deal Name,Record ID,Amount,Deal Stage,Close Date\nSmall,{ids[1]},550,Closed Won,2026-02-28\n"
    proposal = bring("list.csv", later + "New,77,9,Contract Sent,2026-08-01\n")
    assert proposal.mapping.source == "hubspot"
    assert rows(own, "opportunities", "source_id", "name", "status", "amount") == [
        (ids[0], "Big", "won", Decimal(1000)),
        (ids[1], "Small", "won", Decimal(550)),
        ("77", "New", "open", Decimal(9)),
    ]


def test_counts_that_happen_to_be_ids_of_others_tell_nothing(own: Engine, bring: Bring) -> None:
    bring("deals.csv", HUBSPOT.format("1", "2"))
    other = "Deal Name,Record ID,Amount,Deal Stage,Close Date\nBridge,1,7,Closed Won,2026-02-28\n"
    assert bring("list.csv", other).mapping.source == "generic"
    assert won(own) == Decimal(1007)


REPORT = (
    "Opportunity Name,Account Name,Stage,Amount,Close Date,Opportunity Owner\n"
    "Big,{account},Closed Won,1000,1/31/2026,Ann\nSmall,Bolt,Closed Won,550,2/28/2026,Ben\n"
)


def test_deals_without_those_ids_stay_out_until_somebody_says_that_they_are_others(
    own: Engine, bring
) -> None:
    bring("deals.csv", HUBSPOT.format("1", "2"))
    path = "report.csv"
    with pytest.raises(ImportStopped, match="from HubSpot under other ids, and would count twice"):
        bring(path, REPORT.format(account="ACME"))
    assert won(own) == Decimal(1000)
    with pytest.raises(ImportStopped, match="would count twice"):
        bring(path, REPORT.format(account="ACME"), Override(path, day_first=False))
    bring(path, REPORT.format(account="ACME"), Override(path, system="generic", object="opportunities"))
    assert won(own) == Decimal(2550)


def test_deals_called_alike_of_other_accounts_are_others(own: Engine, bring: Bring) -> None:
    bring("deals.csv", HUBSPOT.format("1", "2"))
    bring("report.csv", REPORT.format(account="Zeta").replace("Bolt", "Acme"))
    assert won(own) == Decimal(2550)


def test_deals_without_the_ids_of_before_stay_out(own: Engine, bring: Bring) -> None:
    bring(
        "a.csv", "Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,100,2026-02-01\n8,B,Won,50,2026-02-01\n"
    )
    with pytest.raises(ImportStopped, match="would count twice"):
        bring("b.csv", "Deal Name,Stage,Amount,Close Date\nA,Won,100,2026-02-01\nC,Won,1,2026-02-01\n")
    bring("c.csv", "Deal Name,Stage,Amount,Close Date\nD,Won,30,2026-02-01\n")
    assert won(own) == Decimal(180)


def test_invoices_of_the_same_numbers_count_once(own: Engine, bring: Bring) -> None:
    zoho = (
        "Record Id,Invoice Number,Subject,Account Name.id,Account Name,Invoice Date,Due Date,Grand Total,"
        "Currency,Invoice Owner.id,Invoice Owner,Created Time\n"
        "zcrm_1,INV-1,A,zcrm_9,Acme,2026-01-15,2026-02-14,100,USD,zcrm_5,Ann,2026-01-15 10:00:00\n"
    )
    assert bring("Invoices_001.csv", zoho).mapping.source == "zoho"
    with pytest.raises(ImportStopped, match="would count twice"):
        bring("ledger.csv", "Invoice Number,Customer,Invoice Date,Amount\nINV-1,Acme,2026-01-15,100\n")


TICKETS = (
    "Ticket ID,Ticket name,Pipeline,Ticket status,Create date,Close date,Priority,Ticket owner\n"
    "301,Broken,Support,{status},2026-01-01 10:00,{closed},High,Ann\n"
)


def test_files_of_two_systems_that_came_together_are_known_when_they_come_apart(
    own: Engine, bring: Bring
) -> None:
    deals = "Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,100,2026-02-01\n"
    people = "Contact ID,First Name,Last Name,Email\n1,Ann,Archer,ann@x.org\n"
    first = bring("deals.csv", deals, people=people, tickets=TICKETS.format(status="New", closed=""))
    assert first.mapping.source == "generic"
    later = bring("tickets.csv", TICKETS.format(status="Closed", closed="2026-01-02 10:00"))
    assert later.mapping.source == "generic"
    assert rows(own, "cases", "source_id", "status") == [("301", "resolved")]


def test_files_whose_rows_came_from_two_systems_are_not_imported_together(own: Engine, bring: Bring) -> None:
    deals = "Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,100,2026-02-01\n8,B,Won,1,2026-02-01\n"
    bring("deals.csv", deals)
    tickets = TICKETS.format(status="New", closed="")
    assert bring("tickets.csv", tickets).mapping.source == "hubspot"
    with pytest.raises(
        ImportStopped, match=r"rows of tickets\.csv from HubSpot, and those of the other files"
    ):
        bring("deals.csv", deals, tickets=tickets)


def test_rows_that_a_mapping_brought_are_not_read_without_it(
    own: Engine, bring: Bring, tmp_path: Path
) -> None:
    """Of a file in thousands, say."""
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,1.5,2026-02-01\n8,B,Won,2,2026-02-01\n"
    )
    text = """
        source = "ours"
        currency = "USD"
        [[import]]
        object = "opportunities"
        file = "deals.csv"
        id = "Deal ID"
        [import.columns]
        name = "Deal Name"
        stage = "Stage"
        status = "Stage"
        amount = { heading = "Amount", times = 1000 }
    """
    run_import(own, parse_mapping(text), [path], tmp_path / "reports", lambda *_: None)
    with pytest.raises(ImportStopped, match="from 'ours', read as a mapping says"):
        bring("deals.csv", path.read_text())
    assert won(own) == Decimal(3500)


def test_both_databases_are_asked_alike(desk: Desk) -> None:
    """Ids, names and accounts of the CRM, and companies that another system brought."""

    def take(name: str, text: str) -> str:
        path = desk.put(name, text)
        with desk.crm.connect() as connection:
            found = recognised_in(connection, recognise([path]))
            proposal = proposed_in(connection, found, (), "USD")
        run_import(desk.crm, proposal.mapping, [path], desk.reports, lambda *_: None)
        return proposal.mapping.source

    assert take("deals.csv", HUBSPOT.format("9000000001", "9000000002")) == "hubspot"
    assert (
        take("later.csv", "Deal Name,Record ID,Amount,Deal Stage\nBig,9000000001,7,Closed Won\n") == "hubspot"
    )
    with pytest.raises(ImportStopped):
        take("report.csv", REPORT.format(account="Acme"))
    assert (
        take("invoices.csv", "Invoice Number,Customer,Invoice Date,Amount\n1,Acme,2026-01-15,9\n")
        == "generic"
    )
    assert desk.rows(accounts, "source_system", "name") == [("hubspot", "Acme"), ("hubspot", "Bolt")]
