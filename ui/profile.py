"""What is known of one account, as cards of its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from crm_data.profile import Profile
from kpis.formats import Formats
from ui.escape import html
from ui.links import href
from ui.page import Page
from ui.table import Linked, table

Row = dict[str, Any]
Cells = list[str | Linked]


def head(page: Page, shown: Profile) -> None:
    """Who it is: the facts that are filled, and the accounts it belongs together with."""
    account = shown.account
    facts = [
        ("Segment", account["segment"]),
        ("Industry", account["industry"]),
        ("Size", account["size"]),
        ("Employees", None if account["employees"] is None else page.formats.number(account["employees"])),
        ("Yearly revenue", money(page.formats, account["annual_revenue"], account["currency"])),
        ("Owner", account["owner"]),
        ("Region", account["region"]),
        ("Place", ", ".join(filter(None, (account["city"], account["subdivision"])))),
        ("Country", page.formats.member("country", account["country"]) if account["country"] else None),
        ("Won through", account["acquisition_channel"]),
        ("Domain", account["domain"]),
        ("Phone", account["phone"]),
        ("Since", day(page.formats, account["created_on"])),
        *((str(name), str(value)) for name, value in (account["custom"] or {}).items() if value is not None),
    ]
    lines = "".join(f"<dt>{html(name)}</dt><dd>{html(value)}</dd>" for name, value in facts if value)
    family = [("Belongs to", [shown.parent] if shown.parent else []), ("Parts of it", shown.children)]
    for words, rows in family:
        names = ", ".join(_account(page, row) for row in rows)
        if names:
            lines += f"<dt>{words}</dt><dd>{names}</dd>"
    st.markdown(f'<div class="proof"><dl>{lines}</dl></div>', unsafe_allow_html=True)


def contacts(page: Page, rows: Sequence[Row]) -> None:
    cells = [
        [
            _to(page, "contacts", "contact", row["id"], person(row)),
            row["title"] or "",
            row["email"] or "",
            row["phone"] or "",
            {True: "yes", False: "no"}.get(row["email_consent"], "never asked"),
        ]
        for row in rows
    ]
    _draw(("Name", "Title", "E-mail", "Phone", "May be e-mailed"), cells, "Contacts")


def deals(page: Page, rows: Sequence[Row]) -> None:
    cells: list[Cells] = [
        [
            row["name"] or f"No. {row['id']}",
            row["product"] or "",
            f"{row['status']} · {row['stage']}" if row["status"] == "open" else row["status"],
            money(page.formats, row["amount"], row["currency"]),
            day(page.formats, row["opened_on"]),
            day(page.formats, row["closed_on"] or row["expected_close"]),
        ]
        for row in rows
    ]
    _draw(("Deal", "Product", "Status", "Amount", "Opened", "Closed or expected"), cells, "Deals", (3,))


def quotes(page: Page, rows: Sequence[Row]) -> None:
    cells: list[Cells] = [
        [
            row["number"] or f"No. {row['id']}",
            _quote_status(page, row),
            money(page.formats, row["amount"], row["currency"]),
            day(page.formats, row["sent_on"]),
        ]
        for row in rows
    ]
    _draw(("Quote", "Status", "Amount", "Sent"), cells, "Quotes", (2,))


def invoices(page: Page, rows: Sequence[Row]) -> None:
    formats = page.formats
    cells: list[Cells] = [
        [
            row["number"] or f"No. {row['id']}",
            _invoice_status(page, row),
            money(formats, row["amount"], row["currency"]),
            money(formats, row["paid"], row["currency"]),
            money(formats, row["open"], row["currency"]),
            day(formats, row["issued_on"]),
            day(formats, row["due_on"]),
        ]
        for row in rows
    ]
    heads = ("Invoice", "Status", "Amount", "Paid", "Open", "Issued", "Due")
    _draw(heads, cells, "Invoices", (2, 3, 4))


def cases(page: Page, rows: Sequence[Row]) -> None:
    cells = [
        [
            _to(page, "cases", "case", row["id"], row["subject"]),
            row["status"],
            row["priority"],
            row["cause"] or "",
            day(page.formats, _local(page, row["opened_at"])),
            day(page.formats, _local(page, row["resolved_at"])),
        ]
        for row in rows
    ]
    _draw(("Case", "Status", "Priority", "Cause", "Opened", "Resolved"), cells, "Cases")


def answers(page: Page, rows: Sequence[Row]) -> None:
    cells: list[Cells] = [
        [
            row["survey"],
            "left blank" if row["score"] is None else f"{row['score']:g} of {row['scale_max']:g}",
            row["comment"] or "",
            day(page.formats, _local(page, row["answered_at"])),
        ]
        for row in rows
    ]
    _draw(("Survey", "Score", "Comment", "Answered"), cells, "Survey answers", (1,))


def memberships(page: Page, rows: Sequence[Row]) -> None:
    cells: list[Cells] = [
        [
            row["plan"] or "",
            money(page.formats, row["monthly_amount"], row["currency"]),
            day(page.formats, row["started_on"]),
            day(page.formats, row["ended_on"]) or "in force",
            row["end_reason"] or "",
        ]
        for row in rows
    ]
    _draw(("Plan", "A month", "From", "Until", "Reason of its end"), cells, "Contracts", (1,))


def loyalty(page: Page, rows: Sequence[Row]) -> None:
    cells: list[Cells] = [
        [
            row["tier"],
            page.formats.number(row["points"]),
            day(page.formats, row["joined_on"]),
            day(page.formats, row["left_on"]) or "in force",
        ]
        for row in rows
    ]
    _draw(("Tier", "Points", "Joined", "Until"), cells, "Loyalty", (1,))


def person(row: Row) -> str:
    name = " ".join(filter(None, (row["first_name"], row["last_name"])))
    return name or row["email"] or row["phone"] or f"No. {row['id']}"


def money(formats: Formats, amount: Any, currency: str | None) -> str:
    """As entered, in its own currency; empty where there is none."""
    return "" if amount is None else f"{formats.exact(amount)} {currency or ''}".strip()


def day(formats: Formats, when: date | None) -> str:
    return formats.day(when) if when else ""


def _local(page: Page, instant: Any) -> date | None:
    return instant.astimezone(page.copy.organisation.zone).date() if instant else None


def _draw(
    heads: Sequence[str], cells: Sequence[Sequence[str | Linked]], caption: str, numbers: tuple[int, ...] = ()
) -> None:
    if not cells:
        st.markdown('<div class="why">None.</div>', unsafe_allow_html=True)
        return
    kinds = [place in numbers for place in range(len(heads))]
    st.markdown(table(heads, cells, numbers=kinds, caption=caption), unsafe_allow_html=True)


def _to(page: Page, name: str, field: str, key: int, words: str) -> str | Linked:
    """A link to a record's own page, where there is such a page."""
    return Linked(words, href(name, page.view.overview(**{field: key}))) if page.has(name) else words


def _account(page: Page, row: Row) -> str:
    where = href("customer", page.view.overview(account=row["id"]))
    return f'<a href="{html(where)}" target="_self">{html(row["name"])}</a>'


def _quote_status(page: Page, row: Row) -> str:
    for words in ("accepted", "declined"):
        if row[f"{words}_on"]:
            return f"{words} {page.formats.day(row[f'{words}_on'])}"
    if row["valid_until"] and row["valid_until"] < page.today:
        return "expired"
    return "waiting" if row["sent_on"] else "not sent"


def _invoice_status(page: Page, row: Row) -> str:
    if row["kind"] == "credit":
        return "credit note"
    if row["open"] <= 0:
        return "paid"
    if row["due_on"] and row["due_on"] < page.today:
        return f"{page.formats.number((page.today - row['due_on']).days)} days overdue"
    return "paid in part" if row["paid"] > 0 else "open"
