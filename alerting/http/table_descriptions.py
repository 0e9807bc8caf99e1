"""The tables of the registry and their columns as forms need them, derived from the models."""

from functools import cache
from typing import Any

import msgspec

from contract.http.registry import DescribedColumn, DescribedField, DescribedTable, DescribedTables
from registry.model.records import LOCAL_TABLES
from registry.model.registry import TABLES
from registry.sheets.columns import Column, columns_of, item_columns


@cache
def described_tables() -> DescribedTables:
    """Return the description of all tables."""
    return DescribedTables(
        tables=[
            DescribedTable(
                table=table,
                belongs_to_premises=table in LOCAL_TABLES,
                columns=[_column(each) for each in columns_of(table)],
            )
            for table in TABLES
        ]
    )


def _column(column: Column) -> DescribedColumn:
    fields = [_field(each) for each in item_columns(column)]
    return DescribedColumn(**msgspec.structs.asdict(_field(column)), fields=fields)


def _field(column: Column) -> DescribedField:
    choices = column.choices
    return DescribedField(
        path=column.path,
        kind=column.kind.value,
        required=column.is_required,
        default=_plain(column.default),
        choices=[] if choices is None else [str(each.value) for each in choices],
        family=None if choices is None else choices.__name__,
        target=column.target,
        low=column.low,
        high=column.high,
        lines=column.has_lines,
    )


def _plain(value: object) -> Any:
    """Return *value* as JSON has it."""
    return msgspec.to_builtins(value)
