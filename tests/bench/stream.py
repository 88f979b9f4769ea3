"""A person's session without a browser: speaks Streamlit's protocol with a running server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

_SMALL = 300  # bytes; the message that a script has finished is shorter, and only such are read at once


@asynccontextmanager
async def opened(server: str) -> AsyncIterator[ClientConnection]:
    """A connection like that of a browser's tab, as yet without a page."""
    address = server.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None) as connection:  # type: ignore[list-item]
        yield connection


async def page(connection: ClientConnection, query: str = "") -> list[bytes]:
    """Run the start page with these parameters; all that the server sends until it is whole."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.context_info.timezone = "UTC"
    await connection.send(asked.SerializeToString())
    got: list[bytes] = []
    while not got or not _finished(got[-1]):
        message = await connection.recv()
        assert isinstance(message, bytes)
        got.append(message)
    return got


def _finished(message: bytes) -> bool:
    if len(message) > _SMALL:
        return False
    read = ForwardMsg.FromString(message)
    return read.WhichOneof("type") == "script_finished" and (
        read.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
    )


def words(messages: list[bytes]) -> str:
    """The HTML and Markdown of a page."""
    elements = (ForwardMsg.FromString(message).delta.new_element for message in messages)
    return "\n".join(element.markdown.body for element in elements if element.HasField("markdown"))
