"""The drawings of the world that maps use, each at an address of its own: `shapes/11.svg`."""

from __future__ import annotations

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.headers import A_WEEK
from ui.shapes import drawing

_MERIDIANS = {f"{degrees}" for degrees in range(-180, 181)}


async def _drawing(request: Request) -> Response:
    asked = request.path_params["meridian"]
    if asked not in _MERIDIANS:
        return Response(status_code=404)
    drawn = await run_in_threadpool(drawing, int(asked))
    headers = {"Cache-Control": f"public, max-age={A_WEEK}"}
    return Response(drawn, media_type="image/svg+xml", headers=headers)


def route() -> Route:
    """For the server; below the path that it is told to live under."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return Route("/".join(("", *filter(None, (base,)), "shapes/{meridian}.svg")), _drawing)
