"""The embedded engine under the name of another one: asked, and answering, in its place."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.backends.duckdb as embedded
import pyarrow as pa

_FUNCTIONS = (
    "CREATE MACRO conv(digits, base, other) AS ('0x' || digits)::BIGINT::VARCHAR",
    "CREATE MACRO to_utf8(t) AS t",
    "CREATE MACRO xxhash64(t) AS t",
    "CREATE MACRO from_big_endian_64(t) AS (hash(t) >> 1)::BIGINT",
    "CREATE MACRO hashbytes(how, t) AS (hash(t) >> 1)::BIGINT",
)


class Pretender(embedded.Backend):
    """Answers what another engine is asked, and writes the question in that engine's SQL.

    What that engine cannot be asked raises, as Ibis does when it has no words for it.
    """

    def __init__(self, dialect: str) -> None:
        super().__init__()
        self.do_connect(database=":memory:")
        self.name = dialect
        self.asked: list[str] = []
        self.con.execute("SET TimeZone = 'UTC'")
        for function in _FUNCTIONS:
            self.con.execute(function)

    def compile(self, expr: Any, /, **options: Any) -> str:
        """Write the question twice; the other engine's form is kept."""
        self.asked.append(str(ibis.to_sql(expr, dialect=self.name, pretty=False)))
        return str(super().compile(expr, **options))

    def holding(self, name: str, table: pa.Table, *, times: int = 1) -> Any:
        """Hold a table."""
        self.con.register("handed_over", table)
        self.con.execute(
            f"CREATE TABLE {name} AS SELECT handed_over.* FROM handed_over, range({times})"
        )
        self.con.unregister("handed_over")
        return self.table(name)
