"""docs/demo.md: what is in the demo, with the true figures of its stories."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, func, select

from crm_data.demo.make import make_demo
from crm_data.demo.plan import DEFAULT_EVENTS, DEFAULT_SEED
from crm_data.demo.stories import Story, plan_of, stories
from crm_data.engine import ROOT, connect, prepare
from crm_data.schema import customers, metadata, sales

DOCUMENT = ROOT / "docs" / "demo.md"
DOCUMENTED_DAY = date(2026, 11, 21)
_FORMATS = {"churn_rate": "{:.2%}", "csat": "{:.2%}", "cac": "{:,.2f} €", "sales_cycle": "{:.2f} days",
            "cases_opened": "{:,.0f}"}  # fmt: skip

_TEXT = """\
# The demo CRM

`python -m crm_data demo` fills an empty CRM database with three years of a firm that sells subscriptions,
hardware and services to other firms: *Lighthouse Relay*, at home in Berlin, with customers in {countries}
countries and books in euro. Nobody in it is real. Names come from short lists, e-mail addresses end in
`.example` or `example.com`, telephone numbers come from ranges kept free for fiction.

| Option | Meaning |
|---|---|
| `--events N` | the number of e-mails ({events:,} by default); everything else is in proportion |
| `--today DATE` | the last day of the three years (today by default) |
| `--seed N` | another seed makes another demo; the same seed, size and day make the same rows |
| `--replace` | make an existing demo anew |
| `--if-empty` | do nothing where there is data already |
| `--document` | write this page anew |

It never overwrites a CRM that holds data, other than a demo with `--replace`. A run that is stopped leaves
the database as it was.

The figures below are those of `--events {events} --today {today} --seed {seed}`. A test makes that demo and
compares.

## How much there is

{sizes}

## The stories in it

Each is planted on purpose, and its figure worked out from the rows alone, without the dashboard.

{stories}

## The dirt in it

Real data has mistakes. These are planted, and every figure must say that it left them out:

| What | Rows |
|---|---:|
| won deals that closed before they were opened | {won_before_opened} |
| deals without an opening day | {without_opening} |
| memberships that end before they start | {ended_before_started} |

Besides, as in real life: deals without an amount, cases from nobody known, accounts without a size, answers
left blank or given twice, costs without a channel or region, and names that trip careless programs
(`O'Malley & Daughters Ltd`, `The "Quoted" Bakery Inc.`, `+Plus Design AG`, `<Bracket> Labs LLC`,
`شركة النور للتجارة`).
"""


def write() -> None:
    """Make the documented demo in a file of its own and write docs/demo.md from it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'crm.db'}")
        prepare(engine)
        make_demo(engine, events=DEFAULT_EVENTS, today=DOCUMENTED_DAY, seed=DEFAULT_SEED)
        DOCUMENT.write_text(document(engine), encoding="utf-8")
        engine.dispose()


def document(engine: Engine) -> str:
    """The page for the demo in this database."""
    deal, member = sales.opportunities.c, customers.memberships.c
    with engine.connect() as connection:
        plan = plan_of(connection)

        def rows(table: str, *where: ColumnElement[bool]) -> int:
            statement = select(func.count()).select_from(metadata.tables[table]).where(*where)
            return connection.execute(statement).scalar_one()

        told = [table for table in metadata.tables if not table.startswith(("import", "tombstones"))]
        counts = {table: rows(table) for table in told}
        return _TEXT.format(
            countries=connection.scalar(select(func.count(customers.accounts.c.country.distinct()))),
            events=plan.events,
            today=plan.today,
            seed=plan.seed,
            sizes=_sizes(counts),
            stories="\n\n".join(_told(story) for story in stories(engine)),
            won_before_opened=rows("opportunities", deal.status == "won", deal.closed_on < deal.opened_on),
            without_opening=rows("opportunities", deal.opened_on.is_(None)),
            ended_before_started=rows("memberships", member.ended_on < member.started_on),
        )


def _sizes(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{table.replace('_', ' ')} {count:,}" for table, count in ordered) + "."


def _told(story: Story) -> str:
    show = _FORMATS[story.kpi].format
    return "\n".join(
        [
            f"### {story.title}",
            "",
            story.told,
            "",
            f"| `{story.kpi}` from {story.start} to {story.end} (not included) | |",
            "|---|---:|",
            f"| {story.dimension} *{story.member}* ({story.n:,} rows) | **{show(story.value)}** |",
            f"| the same a year before | {show(story.earlier)} |",
            f"| the other {story.dimension}s, in the middle | {show(story.typical)} |",
        ]
    )
