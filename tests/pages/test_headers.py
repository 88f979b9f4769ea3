"""Every response says what a browser may do with it."""

import base64
import hashlib
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.pages.asgi import get
from ui.drawings import route
from ui.headers import SecurityHeaders, content_security_policy


def test_the_policy_names_no_other_host_and_allows_streamlits_own_inline_script() -> None:
    policy = content_security_policy()
    assert "http" not in policy
    assert "*" not in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    inline = page.split("<script>")[1].split("</script>")[0]
    assert base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() in scripts


def headers_of(path: str) -> dict[str, str]:
    """What the browser gets for a path of an app with the middleware."""

    def hello(request: object) -> PlainTextResponse:
        return PlainTextResponse("hello")

    app = Starlette(routes=[Route("/", hello)], middleware=[Middleware(SecurityHeaders)])
    return get(app, path)[1]


@pytest.mark.parametrize("path", ["/", "/missing"])
def test_headers_are_on_every_response(path: str) -> None:
    headers = headers_of(path)
    assert headers["content-security-policy"] == content_security_policy()
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("path", "kept"), [("/app/static/fonts/a.woff2", True), ("/", False)])
def test_browsers_keep_our_files_and_no_page(path: str, kept: bool) -> None:
    def answer(request: object) -> PlainTextResponse:
        return PlainTextResponse("hello")

    app = Starlette(routes=[Route(path, answer)], middleware=[Middleware(SecurityHeaders)])
    assert ("max-age" in get(app, path)[1].get("cache-control", "")) is kept


@pytest.mark.parametrize(
    ("meridian", "status"), [("11", 200), ("-100", 200), ("999", 404), ("x", 404), ("1e1", 404)]
)
def test_the_world_can_be_had_around_each_meridian(meridian: str, status: int) -> None:
    app = Starlette(routes=[route()])
    found, headers = get(app, f"/shapes/{meridian}.svg")[:2]
    assert found == status
    if status == 200:
        assert headers["content-type"].startswith("image/svg+xml")
        assert "max-age" in headers["cache-control"]
