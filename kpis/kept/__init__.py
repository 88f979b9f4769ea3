"""Reports that are kept: shown again as they were, with what has changed since and by which rows."""

from crm_data.kept import Head, NotKept, RowSet
from kpis.kept.compare import Comparison, PartMoves, Restated, compare
from kpis.kept.figures import Figure, Value
from kpis.kept.keep import Kept, keep, listed, read
from kpis.kept.rows import Move
from kpis.kept.written import as_it_was

__all__ = [
    "Comparison",
    "Figure",
    "Head",
    "Kept",
    "Move",
    "NotKept",
    "PartMoves",
    "Restated",
    "RowSet",
    "Value",
    "as_it_was",
    "compare",
    "keep",
    "listed",
    "read",
]
