"""The columnar copy of the CRM database that answers every question."""

from crm_data.warehouse.copy import Copy, open_copy
from crm_data.warehouse.errors import CopyError, MissingRate
from crm_data.warehouse.keeper import Keeper, Shown
from crm_data.warehouse.refresh import Refreshed
from crm_data.warehouse.state import State

__all__ = ["Copy", "CopyError", "Keeper", "MissingRate", "Refreshed", "Shown", "State", "open_copy"]
