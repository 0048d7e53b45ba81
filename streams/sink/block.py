"""Columns as ClickHouse's Native format has them: made once, however many tables take them. Pure: no I/O, no clock."""

from __future__ import annotations

import struct
from typing import NoReturn

from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver import options
from clickhouse_connect.driver.insert import InsertContext
from clickhouse_connect.driver.transform import NativeTransform

from streams.sink.batch import Columns
from streams.sink.rows import BadMessage

# The driver would load pandas, seconds of work, to ask whether the columns are a DataFrame: they never are.
options.pd = options.pd_time_test = None


def native(columns: Columns) -> bytes:
    """Raises BadMessage for a value of another type than its column."""
    types = [get_from_name(name) for name in columns.types]
    try:
        context = InsertContext(columns.targets[-1], columns.names, types, columns.data, column_oriented=True)
        context.current_block = 1  # the first one's begins with the statement, which names the table
        return b"".join(NativeTransform.build_insert(context, _raised))
    except (ValueError, TypeError, ArithmeticError, AttributeError, struct.error) as error:
        # The driver's text may quote what it could not write.
        what = f"{columns.targets[-1]} was given a value of another type ({type(error).__name__})"
        raise BadMessage(what) from None


def _raised(error: Exception) -> NoReturn:
    """Instead of writing on with garbage, so that the server refuses it."""
    raise error
