"""`python -m kpis explain` and `why`: what proves a value, on a terminal and for programs."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from crm_data.warehouse import Copy
from tests.kpis.conftest import WINDOW, Shell

pytestmark = pytest.mark.usefixtures("command_line")


def test_explain(shell: Shell) -> None:
    told = shell("explain", "sales_cycle", *WINDOW)
    for words in (
        "Formula: ",
        "Rows counted: ",
        "Left out: ",
        "closed before they were opened",
        "SELECT",
        "Copy refreshed",
    ):
        assert words in told
    proof = json.loads(shell("explain", "sales_cycle", *WINDOW, "--json"))
    assert proof["reading"]["n"] == proof["counted"]
    assert sum(one["n"] for one in proof["left_out"]) == proof["reading"]["left_out"]
    assert (proof["compared"]["from"], proof["compared"]["to"]) == ("2024-11-22", "2025-11-22")
    assert (
        json.loads(shell("explain", "sales_cycle", *WINDOW, "--compare", "none", "--json"))["compared"]
        is None
    )


def test_the_sql_in_the_proof_gives_the_value(shell: Shell, demo_copy: Copy) -> None:
    where = ("--where", "region=North America", "--where", "region=O'Brien; DROP")
    proof = json.loads(shell("explain", "deals_won", *WINDOW, *where, "--json"))
    total, listed = (
        demo_copy.run(text(statement.replace(":", r"\:"))).to_pylist() for statement in proof["sql"]
    )
    assert total[0]["deals_won.each"] == proof["reading"]["value"] == len(listed)


def test_the_printed_sql_is_not_broken_by_line_ends(shell: Shell) -> None:
    team = "Sales West Europe, Middle East and Africa"
    for padding in range(0, 40, 3):
        told = shell(
            "explain", "win_rate", *WINDOW, "--where", f"team={'x' * padding}", "--where", f"team={team}"
        )
        assert told.count(f"'{team}'") == 2


def test_a_composition_is_explained_by_its_parts(shell: Shell) -> None:
    proof = json.loads(shell("explain", "cac", *WINDOW, "--json"))
    assert [part["reading"]["key"] for part in proof["parts"]] == ["spend_paid", "new_customers"]
    cost, bought = (part["reading"]["value"] for part in proof["parts"])
    assert proof["reading"]["value"] == pytest.approx(cost / bought)


def test_why_adds_up_to_the_change(shell: Shell) -> None:
    found = json.loads(shell("why", "cac", *WINDOW, "--by", "channel", "--json"))
    assert found["change"] == pytest.approx(found["now"]["value"] - found["then"]["value"])
    assert sum(effect["amount"] for effect in found["effects"]) == pytest.approx(found["change"])
    assert "Paid search" in shell("why", "cac", *WINDOW, "--by", "channel")


def test_the_rows_of_what_changed_a_stock_add_up_to_it(shell: Shell) -> None:
    found = json.loads(shell("why", "active_customers", *WINDOW, "--json"))
    assert len(found["effects"]) > 1
    for effect in found["effects"]:
        rows = json.loads(shell("rows", "active_customers", *WINDOW, "--changed", effect["member"], "--json"))
        assert {row["happened"] for row in rows} == {effect["member"]}
        assert sum(row["counts_for"] for row in rows) == effect["amount"]
    every = json.loads(shell("rows", "active_customers", *WINDOW, "--changed", "--json"))
    assert sum(row["counts_for"] for row in every) == found["change"]


def test_the_definition_names_every_reason_for_which_rows_are_left_out(shell: Shell) -> None:
    """The words of the definition and the counts beside it must not contradict each other."""
    for key in ("open_pipeline", "csat", "gross_margin", "sales_cycle"):
        proof = json.loads(shell("explain", key, *WINDOW, "--json"))
        named = proof["definition"]["Left out"].split("; ")
        assert {one["words"] for one in proof["left_out"]} <= set(named), key
