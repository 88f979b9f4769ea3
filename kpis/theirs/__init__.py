"""A figure from another system's report, and the definition under which the same rows give it.

Two systems that hold the same rows still report different numbers: won ÷ closed is not won ÷ all, a mean is
not a median, a deal belongs to the month in which it was closed or created. Every plausible definition is
computed on the same rows, and those that give the other figure are named.

figure     a figure as people type it
variant    a definition and what it gives; what was found, in words
counting   what the definitions are made of: KPIs, and counts of a fact's rows
deals, leads, cases, customers   the definitions
"""

from kpis.theirs.compare import COMPARED, counted, variants
from kpis.theirs.figure import Typed, read_figure
from kpis.theirs.variant import Variant, sentence

__all__ = ["COMPARED", "Typed", "Variant", "counted", "read_figure", "sentence", "variants"]
