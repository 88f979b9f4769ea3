"""Data stays data: as HTML, as Markdown, in a spreadsheet."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages.readings import HOSTILE
from ui import escape
from ui.table import table


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text() | st.sampled_from(HOSTILE))
def test_html_holds_the_text_and_no_tag(text: str) -> None:
    seen = Tags(f'<p title="{escape.html(text)}">{escape.html(text)}</p>')
    assert seen.tags == ["p"]
    assert seen.text == text
    assert "\n" not in escape.html(text)


@given(st.text() | st.sampled_from(HOSTILE))
def test_markdown_leaves_no_sign_with_a_meaning_unescaped(text: str) -> None:
    escaped = escape.markdown(text)
    bare = escaped.replace("\\\\", "")
    for sign in "*_[]()<>`$:!#|":
        assert bare.count(sign) == bare.count("\\" + sign)
    assert "\n" not in escaped


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+1", "-1+2", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_a_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert escape.csv(text) == "'" + text


@pytest.mark.parametrize("value", ["plain", "a=b", -5, None, 1.5])
def test_other_values_stay_as_they_are(value: object) -> None:
    assert escape.csv(value) == value


def test_a_table_shows_hostile_texts_as_text() -> None:
    drawn = table(["Name"], [[name] for name in HOSTILE], numbers=[False], caption=HOSTILE[0])
    seen = Tags(drawn)
    assert set(seen.tags) == {"div", "table", "thead", "tbody", "tr", "th", "td"}
    assert all(name in seen.text for name in HOSTILE)
