"""The URL and the view say the same thing, whatever stands in it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.dimensions import DIMENSIONS
from kpis.period import COMPARISONS, PRESETS, Period
from tests.pages.readings import HOSTILE
from ui.view import FILTERS, LISTS, View


class Url(dict[str, list[str]]):
    """Query parameters as Streamlit gives them."""

    def get_all(self, key: str) -> list[str]:
        return self.get(key, [])


def url(query: dict[str, str | list[str]]) -> Url:
    return Url({key: [value] if isinstance(value, str) else value for key, value in query.items()})


TEXTS = st.one_of(st.text(), st.sampled_from([*HOSTILE, "", "~", "~~", "~~~x", ":", "a:b", "(none)"]))
KEYS = st.integers(0, 10**17)


def members(dimension: str) -> st.SearchStrategy[tuple[object, ...]]:
    one = KEYS if DIMENSIONS[dimension].by_key else TEXTS
    return st.lists(one | st.none(), min_size=1, max_size=4, unique=True).map(tuple)


@st.composite
def wheres(draw: st.DrawFn, known: tuple[str, ...]) -> tuple[tuple[str, tuple[object, ...]], ...]:
    chosen = draw(st.sets(st.sampled_from(known), max_size=3))
    return tuple((key, draw(members(key))) for key in DIMENSIONS if key in chosen)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.dates(date(1900, 1, 1), date(2199, 1, 1)))
    return Period(start, start + timedelta(days=draw(st.integers(1, 360))))


views = st.builds(
    View,
    period=st.sampled_from(list(PRESETS)),
    custom=st.none() | periods(),
    compare=st.sampled_from(list(COMPARISONS)),
    where=wheres(FILTERS),
    kpi=st.none() | TEXTS,
    at=wheres(tuple(DIMENSIONS)),
    bucket=st.none() | periods(),
    rows=st.sampled_from(LISTS),
    reason=st.none() | TEXTS,
    page=st.integers(1, 10**9 - 1),
)


@given(views)
def test_a_view_comes_back_from_its_own_url(view: View) -> None:
    back = View.from_url(url(view.query()))
    expected = View(**{**vars(view), "period": View.period}) if view.custom else view
    assert back == expected


@given(st.dictionaries(st.sampled_from([*vars(View()), "from", "to", *FILTERS]), st.lists(TEXTS, max_size=3)))
def test_any_url_is_a_view_and_its_links_are_stable(anything: dict[str, list[str]]) -> None:
    view = View.from_url(Url(anything))
    assert View.from_url(url(view.query())) == view


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"period": "13parsecs"}, "period"),
        ({"compare": "mars"}, "compare"),
        ({"from": "2026-01-01"}, "custom"),
        ({"from": "2026-02-01", "to": "2026-02-01"}, "custom"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "custom"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "custom"),
        ({"bucket": "2026"}, "bucket"),
        ({"rows": "all"}, "rows"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "²"}, "page"),
        ({"at": "planet:Mars"}, "at"),
        ({"at": "owner:1 OR 1=1"}, "at"),
    ],
)
def test_what_is_unknown_becomes_the_default(query: dict[str, str], field: str) -> None:
    assert getattr(View.from_url(url(dict(query))), field) == getattr(View(), field)


def test_defaults_stay_out_of_links() -> None:
    assert View().query() == {}


def test_the_end_of_a_custom_period_is_out_as_on_the_command_line() -> None:
    view = View.from_url(url({"from": "2016-10-01", "to": "2018-01-01"}))
    assert view.custom == Period(date(2016, 10, 1), date(2018, 1, 1))


def test_a_link_to_a_proof_keeps_filters_and_adds_what_was_clicked() -> None:
    view = View(period="30d", where=(("region", ("EMEA",)),), rows="out", page=3)
    bucket = Period(date(2026, 3, 1), date(2026, 4, 1))
    target = View.from_url(url(view.prove("csat", "segment", ("Public", None), bucket)))
    assert target == View(
        period="30d",
        where=(("region", ("EMEA",)),),
        kpi="csat",
        at=(("segment", ("Public", None)),),
        bucket=bucket,
    )
    assert View.from_url(url(target.overview())) == View(period="30d", where=(("region", ("EMEA",)),))


def test_a_clicked_member_narrows_the_filter_of_its_dimension() -> None:
    view = View(where=(("region", ("EMEA", "APAC")),), at=(("region", ("EMEA",)), ("country", ("DE",))))
    assert dict(view.everything) == {"region": ("EMEA",), "country": ("DE",)}
