"""Which shape is which country, and which part of the world a map shows."""

import re
from xml.etree import ElementTree

import pytest

from ui.shapes import _boxes, _equal_earth, _names, drawing, frame, name_of, shape_of


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("DE", "276"),
        ("FR", "250"),
        ("us", "840"),
        ("GB", "826"),
        ("XK", "Kosovo"),
        ("SG", None),
        ("ZZ", None),
    ],
)
def test_countries_are_found_by_their_code(code: str, shape: str | None) -> None:
    assert shape_of(code) == shape


def test_every_shape_has_a_code_of_its_own() -> None:
    assert set(_names().values()) == set(_boxes())
    assert sum(len(code) == 2 for code in _names()) >= 174


def test_boxes_lie_where_the_countries_are() -> None:
    germany, france = _boxes()["276"], _boxes()["250"]
    assert (round(germany.west), round(germany.south), round(germany.east), round(germany.north)) == (
        6,
        47,
        15,
        55,
    )
    assert france.west > -6  # without its overseas parts


def test_neighbours_fill_the_frame_and_the_far_apart_get_the_world() -> None:
    near, far = frame(["276", "250"]), frame(["840", "036"])
    assert near.width < far.width / 5
    assert near.meridian == 10
    assert far == frame([])
    assert far.width > 4


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    [(0, 0, 0, 0), (180, 0, 2.7066, 0), (0, 90, 0, 1.3173), (180, 90, 2.7066 * 0.5925, 1.3173)],
)
def test_the_projection(longitude: float, latitude: float, x: float, y: float) -> None:
    """As published: half the equator is 2.7066 radii, a pole is 1.3173 high and 0.5925 of it long."""
    assert _equal_earth(longitude, latitude) == pytest.approx((x, y), abs=2e-3)


def extent(drawn: str, shape: str) -> tuple[float, float, float, float]:
    """West, south, east, north of a shape in a drawing, in units of a projection of scale 1."""
    path = next(one for one in ElementTree.fromstring(drawn).iter() if one.get("id") == name_of(shape))
    xs, ys = [], []
    for part in re.findall(r"M([^z]*)z", path.get("d") or ""):
        x = y = 0
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            xs.append(x / 10_000)
            ys.append(-y / 10_000)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("shape", ["276", "604", "140"])  # Germany, Peru, Central African Republic
def test_a_shape_is_drawn_where_it_lies(shape: str) -> None:
    box = _boxes()[shape]
    west, south, east, north = extent(drawing(0), shape)
    assert south == pytest.approx(_equal_earth(0, box.south)[1], abs=1e-3)
    assert north == pytest.approx(_equal_earth(0, box.north)[1], abs=1e-3)
    wide = [_equal_earth(longitude, 0)[0] for longitude in (box.west, box.east)]
    assert abs(west) <= abs(min(wide, key=abs)) + 0.6
    assert west < east
    assert (east > 0) == (box.east > 0)


@pytest.mark.parametrize("meridian", [11, -100, 80, 180, -180])
def test_no_line_runs_across_the_map(meridian: int) -> None:
    """What the edge cuts is closed along it: no step between two points is as long as the map is wide."""
    for steps in re.findall(r"\dl([-\d ]*)z", drawing(meridian)):
        numbers = [int(number) for number in steps.split()]
        assert max(map(abs, numbers[::2])) < 10_000
    ends = [extent(drawing(meridian), shape) for shape in _boxes() if shape != "010"]
    assert min(end[0] for end in ends) >= -2.7067
    assert max(end[2] for end in ends) <= 2.7067


def test_the_frame_holds_its_countries() -> None:
    shown = frame(["152", "032", "076"])  # Chile, Argentina and Brazil
    for shape in ("032", "076"):
        west, south, east, north = extent(drawing(shown.meridian), shape)
        assert shown.left <= west < east <= shown.left + shown.width
        assert shown.bottom <= south < north <= shown.bottom + shown.height
