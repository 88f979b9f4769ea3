"""Whose records somebody may see and edit, as conditions on the CRM database.

The same regions and teams as in the copy: an account is in the sales region at the root of its region's tree,
else in its owner's; its team is its owner's; a case's team is its own, else its owner's.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.sql.selectable import NamedFromClause

from crm_data.schema.customers import accounts
from crm_data.schema.organisation import regions, teams, users
from crm_data.schema.service import cases


class Rights(Protocol):
    """Regions and teams by name; None: all. `kpis.Viewer` is one."""

    @property
    def regions(self) -> frozenset[str] | None: ...

    @property
    def teams(self) -> frozenset[str] | None: ...


def accounts_seen(rights: Rights, account: ColumnElement[int | None]) -> list[ColumnElement[bool]]:
    """The conditions under which a row that belongs to `account` may be seen. All may be: none."""
    if rights.regions is None and rights.teams is None:
        return []
    own, owner = accounts.alias("own_account"), users.alias("account_owner")
    seen = _seen(rights, own, owner).where(own.c.id == account)
    return [exists(seen.correlate_except(own, owner))]


def seen_accounts(rights: Rights) -> Select[tuple[int]]:
    """The keys of the accounts that may be seen."""
    return _seen(rights, accounts.alias("own_account"), users.alias("account_owner"))


def _seen(rights: Rights, own: NamedFromClause[Any], owner: NamedFromClause[Any]) -> Select[tuple[int]]:
    seen = select(own.c.id).outerjoin_from(own, owner, owner.c.id == own.c.owner_id)
    if rights.regions is not None:
        inside = _inside(rights.regions)
        # An account whose own region is known is there, and not where its owner is.
        seen = seen.where(
            or_(
                own.c.region_id.in_(inside),
                own.c.region_id.is_(None) & owner.c.region_id.in_(inside),
            )
        )
    if rights.teams is not None:
        seen = seen.where(owner.c.team_id.in_(_teams(rights.teams)))
    return seen


def cases_seen(rights: Rights) -> list[ColumnElement[bool]]:
    """The conditions under which a case may be seen."""
    conditions: list[ColumnElement[bool]] = []
    if rights.regions is not None:
        conditions += accounts_seen(_OnlyRegions(rights.regions), cases.c.account_id)
    if rights.teams is not None:
        own = select(users.c.team_id).where(users.c.id == cases.c.owner_id)
        team: ScalarSelect[int] = own.correlate(cases).scalar_subquery()
        conditions.append(func.coalesce(cases.c.team_id, team).in_(_teams(rights.teams)))
    return conditions


class _OnlyRegions:
    teams = None

    def __init__(self, regions: frozenset[str]) -> None:
        self.regions: frozenset[str] | None = regions


def _inside(names: frozenset[str]) -> Select[tuple[int]]:
    """The sales regions of these names with all regions below them."""
    below = (
        select(regions.c.id)
        .where(regions.c.parent_id.is_(None), regions.c.name.in_(sorted(names)))
        .cte(recursive=True)
    )
    child = regions.alias("child")
    below = below.union(select(child.c.id).where(child.c.parent_id == below.c.id))
    return select(below.c.id)


def _teams(names: frozenset[str]) -> Select[tuple[int]]:
    return select(teams.c.id).where(teams.c.name.in_(sorted(names)))
