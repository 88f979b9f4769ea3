"""The queue of cases: filters, the most urgent first, and a form for a new one."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from crm_data.desk import MOST, Queue, choices, figures, queue
from crm_data.edits import open_case
from ui import desk
from ui.contact_list import account, named, paging, setting
from ui.escape import html
from ui.fields import Field
from ui.form import Form
from ui.page import Page
from ui.view import View

_PAGE = 25
_STATUS = {
    "unresolved": "Open and waiting",
    "open": "Open",
    "waiting": "Waiting",
    "resolved": "Resolved",
    "": "All",
}
PRIORITIES = {"urgent": "▲▲ Urgent", "high": "▲ High", "normal": "Normal", "low": "▽ Low"}
KINDS = {"case": "Case", "request": "Request"}
STATUSES = {"open": "open", "waiting": "waiting for the customer", "resolved": "resolved"}


def read_queue(text: str | None) -> Queue:
    """What the URL narrows to; what it does not know is left out. A typed subject is not in it."""
    given = dict(part.partition(":")[::2] for part in (text or "").split(","))
    wanted = Queue(overdue=given.get("overdue") == "1")
    if given.get("status") in _STATUS:
        wanted = replace(wanted, status=given["status"] or None)
    if given.get("priority") in PRIORITIES:
        wanted = replace(wanted, priority=given["priority"])
    if given.get("kind") in KINDS:
        wanted = replace(wanted, kind=given["kind"])
    for name in ("team", "owner"):
        number = given.get(name, "")
        if number.isascii() and number.isdigit() and len(number) < 19:
            change: dict[str, Any] = {name: int(number)}
            wanted = replace(wanted, **change)
    return wanted


def written_queue(wanted: Queue) -> str | None:
    """What `read_queue` reads; None where nothing is narrowed."""
    parts = []
    for field in fields(Queue):
        value = getattr(wanted, field.name)
        if field.name != "subject" and value != field.default:
            parts.append(f"{field.name}:{1 if value is True else '' if value is None else value}")
    return ",".join(parts) or None


def case_queue(page: Page) -> None:
    """Figures of this moment, filters, the list."""
    known = desk.read(choices)
    wanted = _filters(page, known)
    now = datetime.now(UTC)
    number = page.view.page
    rows, count = desk.read(queue, page.viewer, wanted, now, offset=(number - 1) * _PAGE, limit=_PAGE)
    there = desk.read(figures, page.viewer, now)
    words = (
        f"{there['open']:,} open, {there['waiting']:,} waiting, {there['overdue']:,} overdue at this moment"
    )
    total = f"more than {MOST:,}" if count > MOST else f"{count:,}"
    st.markdown(
        f'<div class="why" role="status">{words} · listed here: {total}</div>', unsafe_allow_html=True
    )
    if rows:
        st.markdown(_table(page, rows, now), unsafe_allow_html=True)
        paging(page, "cases", number, -(-min(count, MOST) // _PAGE))
    else:
        st.markdown('<div class="calm">No case fits these filters.</div>', unsafe_allow_html=True)
    with st.expander("New case"):
        first = {"priority": "normal", "kind": "case"}
        blank = {one.name: first.get(one.name) for one in details(known)}
        Form("new-case", details(known), blank,
             lambda engine, _seen, values: open_case(engine, page.viewer, values),
             setting(page), done="The case was opened.").draw("Open case")  # fmt: skip


def details(known: dict[str, dict[int, str]]) -> tuple[Field, ...]:
    """The fields of a case."""
    nobody: dict[Any, str] = {None: "–"}
    return (
        Field("subject", "Subject"),
        Field("priority", "Priority", "choice", PRIORITIES),
        Field("owner_id", "Owner", "choice", nobody | known["owner_id"]),
        Field("team_id", "Team", "choice", nobody | known["team_id"]),
        Field("account_id", "Account", "named"),
        Field("contact_id", "Contact", "named"),
        Field("product_id", "Product", "choice", nobody | known["product_id"]),
        Field("cause", "Cause"),
        Field("kind", "Kind", "choice", KINDS),
        Field("due_at", "Due", "instant"),
        Field("description", "Description", "long", wide=True),
    )


def _filters(page: Page, known: dict[str, dict[int, str]]) -> Queue:
    """The controls show what the URL says and write to it; the subject stays out of it."""
    wanted = read_queue(page.view.queue)
    if "case-subject" in st.session_state:
        st.session_state["case-subject"] = st.session_state["case-subject"]
    anyone = {"": "Anybody"} | {str(key): name for key, name in known["owner_id"].items()}
    teams = {"": "All teams"} | {str(key): name for key, name in known["team_id"].items()}
    controls: dict[str, tuple[str, dict[str, str], object]] = {
        "status": ("Status", _STATUS, wanted.status or ""),
        "priority": ("Priority", {"": "Any priority"} | PRIORITIES, wanted.priority or ""),
        "kind": ("Kind", {"": "Any kind"} | KINDS, wanted.kind or ""),
        "team": ("Team", teams, wanted.team or ""),
        "owner": ("Owner", anyone, wanted.owner or ""),
    }
    with st.container(key="search", horizontal=True, vertical_alignment="bottom"):
        for name, (label, options, value) in controls.items():
            held = str(value)
            st.session_state[f"queue-{name}"] = held if held in options else ""
            st.selectbox(label, list(options), key=f"queue-{name}", format_func=_plain(options), width=175,
                         on_change=_to_url, args=(name,))  # fmt: skip
        st.session_state["queue-overdue"] = wanted.overdue
        st.checkbox("Overdue", key="queue-overdue", on_change=_to_url, args=("overdue",))
        subject = st.text_input("Subject has", key="case-subject", max_chars=200, width=220)
    return replace(wanted, subject=subject or "")


def _plain(options: dict[str, str]) -> Any:
    return lambda option: options[option]


def _to_url(name: str) -> None:
    """A callback: the page is then drawn from the new URL."""
    view = View.from_url(st.query_params)
    value: Any = st.session_state[f"queue-{name}"]
    if name in ("team", "owner"):
        value = int(value) if value else None
    change: dict[str, Any] = {name: value if value != "" else None}
    wanted = replace(read_queue(view.queue), **change)
    st.query_params.from_dict(view.query(queue=written_queue(wanted), page=1))


def _table(page: Page, rows: list[Any], now: datetime) -> str:
    head = ("Priority", "Subject", "Account", "Status", "Owner", "Age", "Due")
    body = "".join(
        f'<tr><td class="prio-{html(row.priority)}">{html(PRIORITIES.get(row.priority, row.priority))}</td>'
        f'<th scope="row">{named(row.subject or "(no subject)", "cases", page.view.query(case=row.id))}</th>'
        f"<td>{account(page, row.account_id, row.account)}</td><td>{html(row.status)}</td>"
        f"<td>{html(row.owner or row.team or 'nobody')}</td><td>{span(row.opened_at, now)}</td>"
        f"<td>{due(row, now)}</td></tr>"
        for row in rows
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in head)
    return (
        '<div class="table records" role="region" tabindex="0" aria-label="Cases"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def due(row: Any, now: datetime) -> str:
    """When a case is due, in words, as HTML."""
    if row.resolved_at is not None:
        late = row.due_at is not None and row.resolved_at > row.due_at
        return '<span class="bad">resolved late</span>' if late else "resolved"
    if row.due_at is None:
        return "no due time"
    if row.due_at < now:
        return f'<span class="bad">overdue by {span(row.due_at, now)}</span>'
    return f"in {span(now, row.due_at)}"


def span(start: datetime, end: datetime) -> str:
    """A length of time in its largest unit."""
    minutes = int((end - start).total_seconds()) // 60
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count:,} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"
