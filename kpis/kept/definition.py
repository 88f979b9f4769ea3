"""Whether a KPI still means what it did: a digest of its definition in words."""

from __future__ import annotations

import hashlib
import json

from kpis.explain import words
from kpis.model import Composition, Definition


def meaning(definition: Definition) -> str:
    """Changes with anything the definition says of itself, but for its name. A formula's with its parts'."""
    said = [definition.help, definition.formula, *words(definition).items()]
    if isinstance(definition, Composition):
        said += [meaning(part) for part in definition.parts]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
