"""What numbers are broken down and filtered by. The facts have columns of the same names; and what people
have marked among the custom columns of the CRM is found by the key of the record that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from crm_data.warehouse.facts import owner_of


@dataclass(frozen=True)
class Dimension:
    key: str
    label: str
    plural: str
    by_key: bool = False  # the copy holds keys; names come from the CRM database
    owner: str | None = None  # the table whose rows have it as a marked custom column


class Marked(Protocol):
    """A custom column that people have marked. `problem`: in words, why it is no dimension for now."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def problem(self) -> str | None: ...


class Dimensions(Mapping[str, Dimension]):
    """Those of the facts, and after them the custom columns that are marked in the CRM.

    What is marked is data of a CRM, and a process answers for one: whoever opens its copy lets this `follow`
    it. A key that a mark once had still has a name, so that what was kept or linked can be said.
    """

    def __init__(self, own: Iterable[Dimension]) -> None:
        self._own = {dimension.key: dimension for dimension in own}
        self._all, self._problems = self._own, dict[str, str]()
        self.marked: tuple[Dimension, ...] = ()

    def follow(self, marked: Iterable[Marked]) -> None:
        """Know these custom columns, and no others."""
        columns = {one.key: (one.name, one.problem) for one in marked}
        found = {key: _of_mark(key, name) for key, (name, problem) in columns.items() if not problem}
        self._problems = {
            key: f"{name} is no dimension for now. {problem}"
            for key, (name, problem) in columns.items()
            if problem
        }
        self._all, self.marked = self._own | found, tuple(found.values())

    def lost(self, key: str) -> bool:
        """The key is that of a mark, and there is no such mark (any more)."""
        return key not in self._all and owner_of(key) is not None

    def why_not(self, key: str) -> str:
        """In words, why there is no such dimension."""
        if key in self._problems:
            return self._problems[key]
        if self.lost(key):
            return (
                f"No custom column is marked as the dimension {key!r} (any more). The page Data can mark it."
            )
        return f"There is no dimension {key!r}."

    def __getitem__(self, key: str) -> Dimension:
        if self.lost(key):
            return _of_mark(key, key)
        return self._all[key]

    def __contains__(self, key: object) -> bool:
        return key in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _of_mark(key: str, name: str) -> Dimension:
    return Dimension(key, name, f"values of {name}", owner=owner_of(key))


DIMENSIONS = Dimensions(
    (
        Dimension("region", "Region", "regions"),
        Dimension("country", "Country", "countries"),
        Dimension("segment", "Segment", "segments"),
        Dimension("industry", "Industry", "industries"),
        Dimension("size", "Company size", "company sizes"),
        Dimension("channel", "Channel", "channels"),
        Dimension("team", "Team", "teams"),
        Dimension("owner", "Owner", "owners", by_key=True),
        Dimension("account", "Account", "accounts", by_key=True),
        Dimension("product", "Product", "products"),
        Dimension("family", "Product family", "product families"),
        Dimension("campaign", "Campaign", "campaigns"),
        Dimension("stage", "Stage", "stages"),
        Dimension("close_reason", "Reason", "reasons"),
        Dimension("lost_reason", "Reason of loss", "reasons of loss"),
        Dimension("spend_kind", "Kind of cost", "kinds of cost"),
        Dimension("basis", "Known from", "bases"),
        Dimension("plan", "Plan", "plans"),
        Dimension("survey", "Survey", "surveys"),
        Dimension("cause", "Cause", "causes"),
        Dimension("priority", "Priority", "priorities"),
        Dimension("case_channel", "Case channel", "case channels"),
        Dimension("activity", "Kind of activity", "kinds of activity"),
        Dimension("direction", "Direction", "directions"),
        Dimension("tier", "Loyalty tier", "loyalty tiers"),
        Dimension("case_kind", "Case or request", "kinds of case"),
        Dimension("article", "Article", "articles", by_key=True),
        Dimension("article_category", "Article category", "article categories"),
        Dimension("lead_status", "Lead status", "lead statuses"),
        Dimension("web_source", "Web source", "web sources"),
        Dimension("network", "Network", "networks"),
    )
)
