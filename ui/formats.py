"""How the organisation writes numbers: the same on the screen as on paper and the command line."""

from kpis.formats import NONE, NOT_AVAILABLE, Formats

__all__ = ["NONE", "NOT_AVAILABLE", "Formats"]
