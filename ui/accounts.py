"""Accounts in lists: their names, each a link to all that is known of the account."""

from __future__ import annotations

from collections.abc import Sequence

from ui.links import href
from ui.names import members_in_words
from ui.page import Page
from ui.table import Linked


def account_link(page: Page, key: int, name: str) -> Linked:
    return Linked(name, href("customer", page.view.overview(account=key)))


def account_links(page: Page, keys: Sequence[int]) -> list[Linked]:
    """The accounts by name, in the order given."""
    names = members_in_words("account", keys, page.formats)
    return [account_link(page, key, name) for key, name in zip(keys, names, strict=True)]
