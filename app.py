"""The server: `make run`, or `streamlit run app.py`. Keeps the copy fresh while it runs."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from ui import cache, states
from ui.addresses import Addresses
from ui.drawings import route
from ui.headers import SecurityHeaders

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_log = logging.getLogger("crm")


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Start with the server what keeps the copy, so that the first page finds it at work, and its news."""
    address = st.get_option("server.address")
    if address not in _LOOPBACK:
        sys.exit(
            f"The dashboard would listen on {address or 'every network'}, where anybody could read the CRM: "
            "there is no sign-in yet. Nothing was started. Use --server.address 127.0.0.1."
        )
    keeper, push = cache.keeper(), cache.push()
    push.start()
    try:
        yield
    finally:
        push.stop()
        keeper.stop()


def on_script_error(error: Exception) -> bool:
    """A page broke: the log gets the cause, the person an apology with the number to quote."""
    reference = secrets.token_hex(3)
    _log.error("page error %s", reference, exc_info=error)
    states.apology(reference)
    return True


app = st.App(
    "ui/main.py",
    routes=[route()],
    lifespan=lifespan,
    middleware=[Middleware(SecurityHeaders), Middleware(Addresses)],
    on_script_error=on_script_error,
)
