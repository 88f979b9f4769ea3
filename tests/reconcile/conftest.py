"""A desk to import at, and a shell to type into."""

from tests.importers.conftest import desk, type_in

__all__ = ["desk", "type_in"]
