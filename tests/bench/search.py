"""How long it takes to find contacts: by every kind of word, filter and right, the first time and later."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, text

from crm_data.engine import connect
from crm_data.search import ALL, Filters, search
from kpis.question import EVERYONE, Viewer
from tests.bench.measured import Measured
from tests.bench.setting import Setting
from tests.bench.timing import Timing, lasting

_LIMIT = 200

#: What is typed, the viewer and the filters.
Kind = tuple[str, Viewer, Filters]


def measure(setting: Setting) -> list[Measured]:
    rows: list[Measured] = []
    if "sqlite" not in setting.without:
        with setting.on_sqlite() as engine:
            rows += _searches("SQLite", engine, setting.runs)
    if "postgresql" not in setting.without:
        with setting.on_postgresql() as engine:
            rows += _searches("PostgreSQL", engine, setting.runs)
    return rows


def _searches(name: str, engine: Engine, runs: int) -> list[Measured]:
    kinds = list(_kinds(engine))
    first = [_first(engine, kind) for kind in kinds]
    later = [[_once(engine, kind) for _ in range(runs)] for kind in kinds]
    medians = [Timing.of_seconds(seconds).median for seconds in later]
    worst = later[medians.index(max(medians))]
    way = f"{len(kinds)} kinds on {name}"
    return [
        Measured("Search for contacts", f"{way}, the usual", Timing.of(medians), limit=_LIMIT),
        Measured("Search for contacts", f"{way}, the slowest", Timing.of_seconds(worst), limit=_LIMIT),
        Measured("Search for contacts", f"{way}, first call", Timing.of_seconds(first), limit=_LIMIT),
    ]


def _first(engine: Engine, kind: Kind) -> float:
    """On a connection that knows nothing yet; connecting is part of it."""
    fresh = connect(engine.url)
    try:
        return _once(fresh, kind)
    finally:
        fresh.dispose()


def _once(engine: Engine, kind: Kind) -> float:
    def run() -> None:
        with engine.connect() as connection:
            search(connection, *kind)

    return lasting(run)


def _kinds(engine: Engine) -> Iterator[Kind]:
    with engine.connect() as connection:
        one = connection.execute(
            text(
                "SELECT c.first_name, c.last_name, c.email, c.phone, c.account_id, a.name FROM contacts AS c "
                "JOIN accounts AS a ON a.id = c.account_id WHERE c.first_name > '' AND c.email > '' "
                "AND length(c.phone) > 9 AND c.id >= (SELECT max(id) / 2 FROM contacts) ORDER BY c.id LIMIT 1"
            )
        ).one()
    first, last, email, phone, account, company = one
    own = Filters(account=account)
    few, none = Viewer(regions=frozenset({"Latin America"})), Viewer(regions=frozenset())
    no_consent, without_email = Filters(consent="no"), Filters(without_email=True)
    rare = Filters(consent="no", without_email=True)
    names = (last, first, f"{first} {last}", last[:2], f"{first[:2]} {last[:2]}", last[:4], "zzqq", "müller")
    addresses = (email, email.split("@")[1], "example", "com", phone, phone[-7:], phone[:4], "0049", "123")
    companies = (company, company[:3], "gmbh", "inc", f"{last} {company}", "a b", "' OR 1=1 --")
    for typed in ("", *names, *addresses, *companies):
        yield typed, EVERYONE, ALL
    for typed in ("", last[:2], "example"):
        for filters in (no_consent, without_email, rare, own):
            yield typed, EVERYONE, filters
        for viewer in (few, none):
            yield typed, viewer, ALL
        yield typed, few, no_consent
