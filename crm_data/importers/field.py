"""One column of the CRM, and where its values come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Float, Integer, Numeric, String, Table

from crm_data.importers.errors import ImportStopped, listed, nearest
from crm_data.importers.formats import CELL_OPTIONS, CellFormat, cell_format
from crm_data.importers.numbers import SIGNS
from crm_data.importers.options import Options
from crm_data.importers.vocabulary import known_currency
from crm_data.schema.types import Money

COLUMN_OPTIONS = (
    *(
        "heading",
        "template",
        "value",
        "map",
        "signs",
        "otherwise",
        "when",
        "times",
        "split",
        "part",
        "starts",
        "by",
        "missing",
        "invalid",
        "optional",
    ),
    *CELL_OPTIONS,
)
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, eq=False)
class Field:
    """How a value of `column` comes about. One of heading, template, value says where it is found."""

    column: Column[Any]
    cells: CellFormat
    heading: tuple[str, ...] = ()  # of several, the first whose cell is not empty
    template: str | None = None  # "{First name} {Last name}"
    value: Any = None
    translate: Mapping[str, str] | None = None
    otherwise: str | None = None  # what `translate` gives for everything it does not list
    when: tuple[Mapping[str, frozenset[str]], ...] = ()  # the value counts where one of these holds
    signs: Mapping[str, str] | None = None  # the cell is an amount, and the currency beside it counts
    currency: str | None = None  # of an amount, where the mapping says one for all
    times: Decimal | None = None
    split: str | None = None  # the sign between several values of a cell, of which the first counts
    part: str | None = None  # the member to take of a cell that holds a JSON object
    starts: str | None = None  # the value counts only where it begins so
    key: Column[Any] | None = None  # of the row referred to: the column that the cell's text is found in
    keep_missing: bool = False  # a reference to nothing is left empty
    keep_invalid: bool = False  # an unreadable cell is left empty
    optional: bool = False  # the heading may be absent

    @property
    def headings(self) -> list[str]:
        """The headings it reads."""
        conditions = [heading for one in self.when for heading in one]
        return list(self.heading) + PLACEHOLDER.findall(self.template or "") + conditions


def read_field(column: Column[Any], options: Options, cells: CellFormat, maps: dict[str, Any]) -> Field:
    """The field that a column's entry in the mapping describes."""
    sources = [key for key in ("heading", "template", "value") if key in options.table]
    if len(sources) != 1:
        raise ImportStopped(f"{options.place}: give exactly one of heading, template and value.")
    template = options.get("template", str)
    if template is not None and not PLACEHOLDER.search(template):
        raise ImportStopped(f"{options.place}: the template names no {{heading}}.")
    return Field(
        column=column,
        cells=cell_format(options, cells),
        heading=options.words("heading"),
        template=template,
        value=options.table.get("value"),
        translate=_translation(options, maps),
        otherwise=options.get("otherwise", str),
        when=_condition(options),
        signs=_signs(column, options),
        times=_factor(column, options),
        split=options.get("split", str),
        part=options.get("part", str),
        starts=options.get("starts", str),
        key=_key(column, options),
        keep_missing=options.choice("missing", "reject", "keep") == "keep",
        keep_invalid=options.choice("invalid", "reject", "empty") == "empty",
        optional=options.get("optional", bool, False),
    )


def identity(table: Table, spec: object, place: str, cells: CellFormat) -> Field:
    """The field that gives each row its id in the other system: a heading, or a template of several."""
    if isinstance(spec, dict):
        options = Options(spec, place, ("heading", "map", "split"))
        heading, split = options.need("heading", str), options.get("split", str)
        translate = _translation(options, {})
        return Field(table.c.source_id, cells, heading=(heading,), translate=translate, split=split)
    if not isinstance(spec, str) or not spec:
        raise ImportStopped(
            f"{place}: name the heading that identifies a row, or a template such as '{{Order}}/{{Line}}'."
        )
    column = table.c.source_id
    if PLACEHOLDER.search(spec):
        return Field(column, cells, template=spec)
    return Field(column, cells, heading=(spec,))


def _translation(options: Options, maps: dict[str, Any]) -> dict[str, str] | None:
    given = options.table.get("map")
    if isinstance(given, str):
        if given not in maps:
            raise ImportStopped(f"{options.place}: there is no [maps.{given}].{nearest(given, maps)}")
        given = maps[given]
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(word, str) for word in given.values()):
        raise ImportStopped(f"{options.place}: 'map' is a table of texts, or the name of one under [maps].")
    folded = {word.strip().casefold(): becomes for word, becomes in reversed(given.items())}
    return folded | {word.strip(): becomes for word, becomes in given.items()}


def _condition(options: Options) -> tuple[dict[str, frozenset[str]], ...]:
    given = options.table.get("when", [])
    tables = [given] if isinstance(given, dict) else given
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ImportStopped(f"{options.place}: 'when' is a table of headings and words, or a list of these.")
    return tuple(conditions(one, f"{options.place}, when") for one in tables)


def conditions(given: dict[str, Any], place: str) -> dict[str, frozenset[str]]:
    """For each heading the words that hold, folded."""
    return {
        heading: frozenset(word.casefold() for word in Options(given, place, given).words(heading))
        for heading in given
    }


def _signs(column: Column[Any], options: Options) -> dict[str, str] | None:
    given = options.get("signs", dict)
    if given is None:
        return None
    if column.name != "currency":
        raise ImportStopped(f"{options.place}: 'signs' is for currencies, and {column.name} is none.")
    if not all(isinstance(code, str) for code in given.values()):
        raise ImportStopped(f"{options.place}: 'signs' is a table of signs and the codes of currencies.")
    return SIGNS | {sign: known_currency(code, options.place) for sign, code in given.items()}


def _factor(column: Column[Any], options: Options) -> Decimal | None:
    factor = options.table.get("times")
    if factor is None:
        return None
    if isinstance(factor, bool) or not isinstance(factor, int | Decimal):
        raise ImportStopped(f"{options.place}: 'times' must be a number.")
    if not isinstance(column.type, Money | Integer | Float | Numeric) or column.foreign_keys:
        raise ImportStopped(f"{options.place}: 'times' is for numbers, and {column.name} is none.")
    return Decimal(factor)


def _key(column: Column[Any], options: Options) -> Column[Any] | None:
    if not column.foreign_keys:
        for key in ("by", "missing"):
            if key in options.table:
                raise ImportStopped(f"{options.place}: '{key}' is for columns that refer to another object.")
        return None
    (foreign,) = column.foreign_keys
    table = foreign.column.table
    name = options.get("by", str, "source_id")
    allowed = [c.name for c in table.c if isinstance(c.type, String) and c.name != "source_system"]
    if name not in allowed:
        raise ImportStopped(
            f"{options.place}: {table.name} cannot be found by '{name}'.{nearest(name, allowed)} "
            f"They can by {listed(allowed)}."
        )
    if not column.nullable and options.table.get("missing") == "keep":
        raise ImportStopped(f'{options.place}: {column.name} is required, so missing = "keep" cannot be.')
    return table.c[name]
