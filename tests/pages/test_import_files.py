"""The files of the Import page: archives, and how long the files stay."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.importing import drop, has, salesforce, texts, until

DEALS = b"""\
Deal ID,Deal Name,Account,Stage,Amount,Created,Close Date
1,a,Acme,Won,100,2026-01-01,2026-02-01
2,b,Beta,Open,200,2026-01-03,
"""


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"export/{name}.csv", content)
    return made.getvalue()


def test_an_archive_is_read_as_its_files(page: AppTest, tmp_path: Path) -> None:
    drop(page, ("export.zip", zipped(deals=DEALS)))
    assert "deals.csv" in texts(page)
    assert "made a mistake" not in texts(page)
    page.button("load").click()
    until(page, lambda: "are the same in the files and in the CRM" in texts(page))
    page.button("start-over").click().run()
    assert not list((tmp_path / "uploads").rglob("*.csv"))


def test_an_archive_is_read_again(page: AppTest, tmp_path: Path) -> None:
    """Nothing of an archive that was taken away is left, and the same one may come again."""
    drop(page, ("export.zip", zipped(deals=DEALS)))
    account = dict(salesforce("Account"))["Account.csv"]
    drop(page, ("export.zip", zipped(Account=account)))
    assert "Account.csv" in texts(page)
    assert "deals.csv" not in texts(page)
    assert [file.name for file in (tmp_path / "uploads").rglob("*.csv")] == ["Account.csv"]
    drop(page, ("export.zip", zipped(deals=DEALS)))
    assert "deals.csv" in texts(page)
    assert has(page, "load")
