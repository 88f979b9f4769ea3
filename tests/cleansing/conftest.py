"""A desk to import at."""

from tests.importers.conftest import desk

__all__ = ["desk"]
