"""Which shape is which country, and which part of the world a map shows."""

import pytest

from ui.shapes import _boxes, _equal_earth, _names, frame, shape_of


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
    assert abs(near.meridian - 5.2) < 2
    assert far == frame([])
    assert far.width > 4


@pytest.mark.parametrize(
    ("longitude", "latitude", "x", "y"),
    [(0, 0, 0, 0), (180, 0, 2.7066, 0), (0, 90, 0, 1.3173), (180, 90, 2.7066 * 0.5925, 1.3173)],
)
def test_the_projection(longitude: float, latitude: float, x: float, y: float) -> None:
    """As published: half the equator is 2.7066 radii, a pole is 1.3173 high and 0.5925 of it long."""
    assert _equal_earth(longitude, latitude) == pytest.approx((x, y), abs=2e-3)
