"""What a request asks, read from its body: the rows of each protocol. Pure."""

from proveout.asked.tabular import (
    NotRowsError,
    Row,
    mlflow_rows,
    open_inference_rows,
    plain_rows,
)
from proveout.asked.templates import row_in, text_row_in

__all__ = [
    "NotRowsError",
    "Row",
    "mlflow_rows",
    "open_inference_rows",
    "plain_rows",
    "row_in",
    "text_row_in",
]
