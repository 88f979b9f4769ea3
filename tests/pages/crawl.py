"""Reads a drawn page as a person does: which number stands where, and where a click on it leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlparse

from streamlit.testing.v1 import AppTest

_VOID = {"br", "hr", "img", "input", "circle", "path", "rect", "line"}
_NUMBERS = {"number", "big", "value", "huge"}  # classes of what is a number alone


@dataclass
class Shown:
    """A piece of text in a link, or under one; `place`: the classes and tags around it."""

    href: str
    text: str = ""
    place: str = ""
    said: str = ""  # what is said of it on hover

    @property
    def page(self) -> str:
        return urlparse(self.href).path.removeprefix("./") or "overview"

    @property
    def url(self) -> Url:
        return Url(urlparse(self.href).query)


class Url:
    """A query string as `st.query_params` gives it."""

    def __init__(self, query: str) -> None:
        self._found = parse_qs(query)

    def get_all(self, key: str) -> list[str]:
        return self._found.get(key, [])


class _Reader(HTMLParser):
    """Links with their numbers; `loose`: numbers outside of any link."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Shown] = []
        self.loose: list[Shown] = []
        self.why = ""  # the reason that stands below a missing number
        self._open: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            said = " ".join(one.get("title", "") for _, one in self._open[-1:])
            self.links.append(Shown(found.get("href", ""), place=self._place(), said=said))
        if "na" in found.get("class", "").split() and self._in("a"):
            self.links[-1].said = found.get("title", "")
        if tag not in _VOID:
            self._open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _ in self._open):  # not that of a tag without content
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        classes = {name for _, found in self._open for name in found.get("class", "").split()}
        if "why" in classes:
            self.why += data
        elif self._in("a"):
            inside = self._inside()
            if inside & _NUMBERS:
                self.links[-1].text, self.links[-1].place = data, f"{self.links[-1].place} number"
            elif not inside & {"name", "beside", "moved", "share"}:
                self.links[-1].text += data
        elif classes & _NUMBERS:
            said = " ".join(found.get("title", "") for _, found in self._open[-1:])
            self.loose.append(Shown("", data, self._place(), said))

    def _in(self, tag: str) -> bool:
        return any(name == tag for name, _ in self._open)

    def _inside(self) -> set[str]:
        """The classes between the link and the text."""
        at = max(place for place, (name, _) in enumerate(self._open) if name == "a")
        return {name for _, found in self._open[at + 1 :] for name in found.get("class", "").split()}

    def _place(self) -> str:
        return " ".join(f"{tag}.{found.get('class', '')}" for tag, found in self._open)


def shown(test: AppTest) -> tuple[list[Shown], list[Shown]]:
    """All links of the page with the number that each carries, and the numbers that no link carries.

    A number below a link of its own (a tile's title, a card's) belongs to that link.
    """
    links: list[Shown] = []
    loose: list[Shown] = []
    above: Shown | None = None
    for element in _elements(test._tree):
        if element.type == "page_link":
            proto = element.proto
            href = f"{proto.page}?{proto.query_string}"
            links.append(above := Shown(href, "", f"title {proto.label}"))
        elif element.type == "markdown":
            reader = _Reader()
            reader.feed(element.value)
            links += reader.links
            alone = list(reader.loose)
            if alone and above and any(kind in alone[0].place for kind in (".big", ".value")):
                above.text, above.place = alone.pop(0).text, f"{above.place} number"
            missing = [
                one for one in (*links[-1:], *alone, *loose[-1:]) if one.text == "n/a" and not one.said
            ]
            for one in missing:  # its reason stands below it, or in the next paragraph
                one.said = reader.why
            loose += alone
            above = above if not alone else None
    return links, loose


def _elements(node: Any) -> Iterator[Any]:
    children = getattr(node, "children", None)
    if children is None:
        yield node
        return
    for child in children.values():
        yield from _elements(child)
