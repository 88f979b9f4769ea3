"""The order in which deals pass their stages."""

from __future__ import annotations

from sqlalchemy import select

from crm_data.warehouse.facts import stages
from kpis.snapshot import Copy, opened


def stage_order(copy: Copy) -> tuple[str, ...]:
    """The stages of open deals from first to last, as the CRM has them, else as most deals pass them."""
    with opened(copy) as data:
        found = data.engine.run(select(stages.c.stage).order_by(stages.c.position, stages.c.stage))
    return tuple(row["stage"] for row in found.to_pylist())
