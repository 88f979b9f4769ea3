"""Which deals were won and lost, and when, as home-made files say it; what cannot be told is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.importers.recognise import LEFT_OUT, Override, propose, recognise
from crm_data.importers.recognise.words import translation, unknown, vocabulary
from tests.recognise.conftest import Load, rows

WON, LOST, OPEN = ("won", date(2026, 2, 1)), ("lost", date(2026, 3, 2)), ("open", None)


def deals(folder: Path, headings: str, *cells: str) -> Path:
    path = folder / "deals.csv"
    lines = [f"Deal ID,Deal Name,Amount,{headings}"]
    lines += [f"{key},Deal {key},{key}00,{row}" for key, row in enumerate(cells, 1)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("heading", "won", "lost", "closed"),
    [
        ("Stage", "Closed Won", "Closed Lost", "Close Date"),
        ("Sales Stage", "Closed Won", "Closed Lost", "Close Date"),
        ("Opportunity Stage", "5 - Won", "6 - Lost", "Closed on"),
        ("Deal Stage", "Closed won (Europe)", "Closed lost (Europe)", "Close Date"),
        ("Verkaufsphase", "Gewonnen", "Verloren", "Abschlussdatum"),
        ("Étape", "Gagné", "Perdue", "Date de clôture"),
        ("Etapa", "Ganado", "Perdido", "Fecha de cierre"),
        ("Fase", "Ganho", "Perdido", "Data de fechamento"),
    ],
)
def test_whatever_the_stage_is_called(
    own: Engine, load: Load, tmp_path: Path, heading: str, won: str, lost: str, closed: str
) -> None:
    """The day of closing goes with the column that the status is read from."""
    cells = f"{won},2026-02-01", f"{lost},2026-03-02", "Demo,2026-09-01"
    _, proposal = load(deals(tmp_path, f"{heading},{closed}", *cells))
    assert rows(own, "opportunities", "status", "closed_on") == [WON, LOST, OPEN]
    assert not [remark for remark in proposal.remarks if "status" in remark or "closed_on" in remark]


def test_the_column_that_tells_counts(own: Engine, load: Load, tmp_path: Path) -> None:
    """Beside a stage, "Status" often only says whether the record is in use."""
    cells = "Closed,Closed Won,2026-02-01", "Closed,Closed Lost,2026-03-02", "Active,Proposal,2026-09-01"
    load(deals(tmp_path, "Status,Stage,Close Date", *cells))
    assert rows(own, "opportunities", "status", "closed_on") == [WON, LOST, OPEN]


def test_an_outcome_beside_stages(own: Engine, load: Load, tmp_path: Path) -> None:
    """The outcome is empty while a deal is open, and for one that only its stage calls lost."""
    cells = "Contract,Won,2026-02-01", "Closed Lost,,2026-03-02", "Proposal,,2026-09-01"
    _, proposal = load(deals(tmp_path, "Stage,Outcome,Close Date", *cells))
    assert rows(own, "opportunities", "stage", "status", "closed_on") == [
        ("Contract", *WON),
        ("Lost", *LOST),
        ("Proposal", *OPEN),
    ]
    assert not any("says otherwise" in remark for remark in proposal.remarks)


def test_columns_that_contradict_each_other_are_said(tmp_path: Path) -> None:
    cells = "Closed Won,Won,2026-02-01", "Closed Won,Lost,2026-03-02", "Demo,Open,2026-09-01"
    proposal = propose(recognise([deals(tmp_path, "Stage,Deal Status,Close Date", *cells)]))
    said = "deals.csv, status: in 1 row of 3 'Stage' says otherwise than what counts."
    assert said in proposal.remarks


def test_words_that_nothing_is_known_of_are_said(own: Engine, load: Load, tmp_path: Path) -> None:
    """Even where others are known: one of them may mean a deal that was won."""
    cells = "Won,2026-02-01", "Sold,2026-02-05", "Won't buy,2026-02-05", "Demo,2026-09-01"
    _, proposal = load(deals(tmp_path, "Stage,Close Date", *cells))
    assert rows(own, "opportunities", "status", "closed_on") == [WON, OPEN, OPEN, OPEN]
    (said,) = [remark for remark in proposal.remarks if "nothing is known" in remark]
    assert said.startswith("deals.csv, status: nothing is known of 'Sold', 'Won't buy', taken as 'open'")


def test_won_deals_without_a_day_are_said(tmp_path: Path) -> None:
    undated = propose(recognise([deals(tmp_path, "Stage,Close Date", "Won,2026-02-01", "Won,", "Demo,")]))
    said = "deals.csv, closed_on: 1 of 2 won deals have no day of closing, so no period has them."
    assert said in undated.remarks
    never = propose(recognise([deals(tmp_path, "Stage,Created", "Won,2026-02-01", "Won,2026-02-01")]))
    assert said.replace("1 of 2", "2 of 2") in never.remarks


def test_deals_without_amounts_are_said(tmp_path: Path) -> None:
    path = deals(tmp_path, "Stage,Close Date", "Won,2026-02-01")
    found = recognise([path])
    override = Override("deals.csv", columns={"Amount": LEFT_OUT})
    assert "deals.csv, amount: no column is taken for it" in " ".join(propose(found, [override]).remarks)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        *[(word, "won") for word in ("WON ✅", "Closed/Won", "closed_won", "Gewonnen / bezahlt", "Deal won")],
        *[(word, "won") for word in ("Won (Sales Pipeline)", "Auftrag gewonnen", "Affaire gagnée")],
        *[(word, "lost") for word in ("Closed-Lost to Competition", "Lost - price", "Not won", "Perdidos")],
        *[(word, "lost") for word in ("nicht gewonnen", "Verloren an Wettbewerb", "7. LOST")],
        *[(word, "") for word in ("Won't buy", "Nearly won", "Wonder Stage", "At risk of being lost")],
        *[
            (word, "")
            for word in ("Won?", "Won or lost", "Not lost", "Lost contact", "Almost lost", "Not won yet")
        ],
        *[(word, "") for word in ("Glossed", "Closed", "Sold", "", "?", "’")],
    ],
)
def test_only_what_says_so_without_doubt_is_an_end(word: str, meant: str) -> None:
    words = vocabulary()
    assert translation("deal_status", [word], words).get(word, "") == meant
    assert bool(unknown("deal_status", [word], words)) is not bool(meant)


def test_hubspots_own_stages_end_as_its_flags_say(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Record ID,Deal Name,Deal Stage,Is Closed Won,Is closed lost,"
        "Amount,Close Date,Create Date,Deal owner\n"
        "1,A,Hooray,true,false,10,2026-02-01 10:00,2026-01-01 10:00,Ann\n"
        "2,B,Alas,false,true,10,2026-03-02 10:00,2026-01-01 10:00,Ann\n"
        "3,C,Well,false,false,10,2026-09-01 10:00,2026-01-01 10:00,Ann\n"
    )
    load(path)
    assert rows(own, "opportunities", "status", "closed_on") == [WON, LOST, OPEN]


def test_words_after_the_rows_looked_at_count_too(tmp_path: Path) -> None:
    cells = ["Demo,2026-09-01"] * 20_000
    path = deals(tmp_path, "Stage,Close Date", *cells, "Won (late),2026-02-01", "Sold,2026-02-01")
    proposal = propose(recognise([path]))
    fields = {field.column.name: field for field in proposal.mapping.blocks[-1].fields}
    translate, (when,) = fields["status"].translate, fields["closed_on"].when
    assert translate is not None
    assert translate["won (late)"] == "won"
    assert "won (late)" in when["Stage"]
    assert any("nothing is known of 'Sold'" in remark for remark in proposal.remarks)
