"""Write rows into a table of the engine, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from proveout.intake.session import Session, quoted

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 20_000
"""Large enough that the price per batch vanishes, small enough for wide rows."""


class ArrowTable:
    """A table of the engine that is being filled."""

    def __init__(self, session: Session, *, stem: str, types: Mapping[str, pa.DataType]) -> None:
        import pyarrow as pa

        self.name = session.new_name(stem)
        self._session = session
        self._schema = pa.schema(list(types.items()))
        self._begun = False
        self.append([[] for _ in types])

    def append(self, columns: Sequence[Sequence[Any]]) -> None:
        """Append a batch, given as one sequence of values per column."""
        import pyarrow as pa

        batch = pa.table(
            [
                pa.array(values, type=field.type)
                for values, field in zip(columns, self._schema, strict=True)
            ],
            schema=self._schema,
        )
        view = self._session.new_name("batch")
        engine = self._session.engine
        engine.register(view, batch)
        begin = f"INSERT INTO {quoted(self.name)}" if self._begun else self._create()
        self._session.execute(f"{begin} FROM {quoted(view)}")
        engine.unregister(view)
        self._begun = True

    def _create(self) -> str:
        return f"CREATE TABLE {quoted(self.name)} AS"
