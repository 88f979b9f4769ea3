"""Whether the CRM holds what the files held: counts and sums, read again from the files' own cells.

Nothing that the import converted is used: the files are opened anew, and amounts, months and statuses
are taken from their cells by a reader of its own. What differs is explained row by row.
"""

from crm_data.reconcile.reconcile import reconcile
from crm_data.reconcile.result import Difference, Reconciliation, Share, Tally

__all__ = ["Difference", "Reconciliation", "Share", "Tally", "reconcile"]
