"""What is only like something the CRM knows: orders beside invoices, and what HubSpot calls engagements."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from crm_data.importers.recognise import recognise
from tests.recognise.conftest import Load, rows

INVOICES = """\
Record Id,Invoice Number,Invoice Date,Account Name.id,Account Name,Grand Total,Currency,Sales Order
zcrm_1,INV-1,2026-03-02,zcrm_9,Acme,120.00,EUR,SO-1
"""
ORDERS = """\
Record Id,SO Number,Subject,Created Time,Account Name.id,Account Name,Grand Total,Currency,Carrier,Pending
zcrm_5,SO-1,Chairs,2026-02-20 09:00:00,zcrm_9,Acme,120.00,EUR,DHL,
"""


def written(folder: Path, **files: str) -> list[Path]:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return [folder / f"{name}.csv" for name in files]


def test_an_order_counts_as_an_invoice_only_where_there_are_no_invoices(
    own: Engine, load: Load, tmp_path: Path
) -> None:
    orders, invoices = written(tmp_path, SalesOrders=ORDERS, Invoices=INVOICES)
    _, proposal = load(orders, invoices)
    assert rows(own, "invoices", "number") == [("INV-1",)]
    assert [total for (total,) in rows(own, "invoice_lines", "amount")] == [120]
    (said,) = [one for one in proposal.remarks if one.startswith("SalesOrders.csv")]
    assert "left out, since its amounts would count twice" in said


def test_orders_alone_are_kept_and_that_is_said(own: Engine, load: Load, tmp_path: Path) -> None:
    (orders,) = written(tmp_path, SalesOrders=ORDERS)
    for _ in range(2):  # what the CRM has of them already changes nothing
        _, proposal = load(orders)
        assert rows(own, "invoices", "number") == [("SO-1",)]
        assert any("SalesOrders.csv: kept as invoices" in one for one in proposal.remarks)


#: As Fivetran and others name the tables and columns of HubSpot's API.
ENGAGEMENTS = {
    "engagement": """\
id,type,_fivetran_synced,portal_id
11,CALL,2026-04-01,1
""",
    "engagement_call": """\
engagement_id,type,property_hs_timestamp,property_hs_call_title,property_hs_call_direction,\
property_hs_call_duration,property_hubspot_owner_id,_fivetran_deleted
11,CALL,2026-03-01 10:00:00,<b>First</b>,OUTBOUND,180000,7,false
14,CALL,2026-03-04 10:00:00,Gone,INBOUND,60000,7,true
""",
    "engagement_email": """\
engagement_id,type,property_hs_timestamp,property_hs_email_subject,property_hs_email_direction,\
property_hs_email_text,_fivetran_deleted
12,EMAIL,2026-03-02 10:00:00,=Offer,INCOMING_EMAIL,"Dear
all",false
""",
    "engagement_note": """\
engagement_id,type,property_hs_timestamp,property_hs_note_body,property_hubspot_owner_id,_fivetran_deleted
13,NOTE,2026-03-03 10:00:00,Call back,7,false
""",
    "engagement_company": "company_id,engagement_id,engagement_type,type_id,category\n501,11,CALL,182,X\n",
    "engagement_contact": "contact_id,engagement_id,engagement_type,type_id,category\n601,12,EMAIL,198,X\n",
    "engagement_deal": "deal_id,engagement_id,engagement_type,type_id,category\n701,13,NOTE,214,X\n",
    "company": "id,property_name,portal_id,_fivetran_synced\n501,Acme,1,2026-04-01\n",
    "contact": "id,property_email,property_lastname,_fivetran_synced\n601,a@acme.example,Abel,2026-04-01\n",
    "deal": "deal_id,property_dealname,deal_pipeline_stage_id,property_createdate,property_amount,portal_id\n"
    "701,Chairs,appointmentscheduled,2026-02-01 00:00:00,5,1\n",
    "owner": "owner_id,first_name,last_name,email,portal_id,active_user_id\n7,Eva,Kern,eva@own.example,1,1\n",
}


def test_hubspots_engagements_are_activities_of_whom_they_belong_to(
    own: Engine, load: Load, tmp_path: Path
) -> None:
    outcome, _ = load(*written(tmp_path, **ENGAGEMENTS))
    assert outcome.report is None
    found = rows(
        own, "activities", "source_id", "kind", "direction", "minutes", "subject", "body",
        "account_id", "contact_id", "opportunity_id", "user_id",
    )  # fmt: skip
    ((deal,),) = rows(own, "opportunities", "id")
    assert deal
    assert sorted(found) == [
        ("11", "call", "out", 3, "<b>First</b>", None, 1, None, None, 1),
        ("12", "email", "in", None, "=Offer", "Dear\nall", None, 1, None, None),
        ("13", "note", None, None, None, "Call back", None, None, deal, 1),
    ]
    early = {"engagement_note": "engagement_id,body,_fivetran_synced\n13,Note,2026-04-01\n"}
    (old,) = recognise(written(tmp_path, **early))
    assert "need 'happened_at'" in (old.problem or ""), "copies of long ago have the time elsewhere"
    moments = rows(own, "activities", "happened_at")
    assert sorted(f"{at:%Y-%m-%d %H}" for (at,) in moments) == [f"2026-03-0{day} 10" for day in (1, 2, 3)]
