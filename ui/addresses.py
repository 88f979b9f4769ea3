"""The pages' addresses: every one can be typed, and links in our HTML follow without a new load.

Streamlit knows its start page as "/" only, and turns no link of ours into a change of page; both are mended
here, outside of it.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.pages import PAGES

SCRIPT = "".join(
    (Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("addresses.js", "tips.js")
)
_END = b"</body>"
_UNWANTED = (b"accept-encoding", b"if-none-match", b"if-modified-since")  # the body has to be read here


class Addresses:
    """ASGI middleware: sends the start page's name to "/", and puts the script into Streamlit's page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif scope["path"].endswith(f"/{PAGES[0].name}"):
            query = scope["query_string"].decode("latin-1")
            where = f"./?{query}" if query else "./"
            start = {"type": "http.response.start", "status": 307}
            await send({**start, "headers": [(b"location", where.encode("latin-1"))]})
            await send({"type": "http.response.body", "body": b""})
        elif "text/html" in Headers(scope=scope).get("accept", ""):
            kept = [(name, value) for name, value in scope["headers"] if name.lower() not in _UNWANTED]
            await self._app({**scope, "headers": kept}, receive, _WithScript(send))
        else:
            await self._app(scope, receive, send)


class _WithScript:
    """Holds a page back until it is whole, and sends it with the script; other answers pass."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if kind.startswith("text/html"):
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._body.replace(_END, f"<script>{SCRIPT}</script>".encode() + _END, 1)
        MutableHeaders(scope=self._start)["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
