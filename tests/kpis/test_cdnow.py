"""Purchases of CDNOW's customers, whose numbers Fader, Hardie and Lee published (2005)."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from crm_data.engine import connect
from crm_data.schema import metadata
from kpis import Question, ask, opened, rfm
from kpis.period import Period
from tests.kpis.conftest import copy_of

END = date(1997, 10, 1)  # they count 39 weeks
TODAY = date(1998, 7, 1)
ALL = [(recency, worth) for recency in range(1, 6) for worth in range(1, 6)]


def test_recency_and_frequency_as_published(
    published: Callable[[str], Path], sqlite_template: Path, tmp_path: Path
) -> None:
    folder = published("cdnow_lifetimes")
    shutil.copy(sqlite_template, tmp_path / "crm.db")
    engine = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    bought = _purchases(folder / "CDNOW_sample.txt")
    with engine.begin() as crm:
        tables = metadata.tables
        customers = sorted({customer for customer, _ in bought})
        rows = [{"id": customer, "name": f"Customer {customer}"} for customer in customers]
        crm.execute(insert(tables["accounts"]), rows)
        bills = [
            {"id": number, "account_id": customer, "issued_on": day, "currency": "EUR"}
            for number, (customer, day) in enumerate(bought, 1)
        ]
        crm.execute(insert(tables["invoices"]), bills)
        amounts = [
            {"invoice_id": number, "amount": amount} for number, amount in enumerate(bought.values(), 1)
        ]
        crm.execute(insert(tables["invoice_lines"]), amounts)
    weeks = Period(date(1997, 1, 1), END)
    with copy_of(engine, tmp_path) as copy:
        with opened(copy) as data:
            total, found = rfm.customers(data, Question((), weeks, TODAY), ALL, 0, 10_000)
        (new,) = ask(copy, Question(("new_customers",), weeks, TODAY))[0]
    engine.dispose()
    with (folder / "cdnow_customers_summary.csv").open() as file:
        summary = {int(row["ID"]): row for row in csv.DictReader(file)}
    assert total == new.value == len(summary) == 2357
    assert sum(one.purchases > 1 for one in found) == 946
    for one in found:
        row = summary[one.account]
        assert one.purchases - 1 == int(row["frequency"])
        since_last = (END - one.last).days - 1
        assert since_last == pytest.approx((float(row["T"]) - float(row["recency"])) * 7, abs=1)


def _purchases(file: Path) -> dict[tuple[int, date], Decimal]:
    """What each customer of the sample spent on a day."""
    found: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for line in file.read_text().splitlines():
        _, customer, day, _, amount = line.split()
        found[int(customer), datetime.strptime(day, "%Y%m%d").date()] += Decimal(amount)  # noqa: DTZ007
    return found
