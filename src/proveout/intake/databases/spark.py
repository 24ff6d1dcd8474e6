"""Connect to Spark, or start it on this machine, and let it read what lies in a lake."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from proveout.errors import InputError, MissingExtraError, UnreachableError
from proveout.intake.databases.url import scheme_of, without_password

_LOCAL = {
    # There is no cluster to spread small answers over.
    "spark.sql.shuffle.partitions": str(max(2, os.cpu_count() or 2)),
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
_FORMATS = ("parquet", "orc", "json", "delta", "iceberg")
_SUFFIXES = {".parquet": "parquet", ".pq": "parquet", ".orc": "orc", ".json": "json",
             ".jsonl": "json", ".ndjson": "json"}  # fmt: skip


def connected(url: str, shown: str) -> tuple[Any, Callable[[], object]]:
    """Return the connection and what closes it; a session that is there already is left open."""
    try:
        import ibis
        import ibis.backends.pyspark
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtraError(extra="spark", wanted_for=f"Reading {shown}") from error
    session = SparkSession.getActiveSession()
    if session is not None:
        return ibis.pyspark.connect(session), lambda: None
    try:
        session = _started(url)
    except Exception as error:
        # Py4J and Spark wrap whatever Java says in errors of many kinds.
        raise UnreachableError(
            f"{shown}: Spark cannot be started or reached: {_reason(error)}.",
            hint="Spark needs Java 17 (JAVA_HOME, or java in PATH); a cluster must be reachable "
            "from here.",
        ) from error
    backend = ibis.pyspark.connect(session)
    return backend, backend.disconnect


def lake_table(backend: Any, url: str, folder: Path, name: str) -> Any | None:
    """Return the files that the URL names as a table; None where it names none."""
    options = _parts(url)[2]
    path = options.get("path")
    if path is None:
        return None
    where = path if re.match(r"[a-z0-9]+://", path) else str((folder / path).absolute())
    format_ = options.get("format") or _SUFFIXES.get(Path(path).suffix.lower(), "parquet")
    if format_ not in _FORMATS:
        raise InputError(
            f"{without_password(url)}: Spark is not asked to read {format_}.",
            hint=f"Known formats: {', '.join(_FORMATS)}. Give CSV files without spark://: they are "
            "read so that no row is lost.",
        )
    from pyspark.errors import AnalysisException

    session = backend._session
    try:
        session.read.format(format_).load(where).createOrReplaceTempView(name)
    except AnalysisException as error:
        raise InputError(
            f"{where} cannot be read by Spark: {_reason(error)}.",
            hint="Correct 'path' in the URL, or add the format: spark://local?path=…&format=orc",
        ) from error
    return backend.table(name)


def _started(url: str) -> Any:
    from pyspark.sql import SparkSession

    host, folder, options = _parts(url)
    is_local = not host or host == "local" or host.startswith("local[")
    builder = SparkSession.builder.appName("proveout")
    settings = {name: value for name, value in options.items() if name.startswith("spark.")}
    warehouse = options.get("warehouse") or (folder if is_local else "")
    if warehouse.strip("/"):
        settings["spark.sql.warehouse.dir"] = str(Path(warehouse).absolute())
    if is_local:
        builder = builder.master(host if host.startswith("local[") else "local[*]")
        settings = _LOCAL | settings
    else:
        builder = builder.master(f"{scheme_of(url)}://{host}")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _parts(url: str) -> tuple[str, str, dict[str, str]]:
    """Split a URL into host, path and options; 'local[2]' is no host that urllib takes."""
    match = re.match(r"[^:]+://([^/?#]*)([^?#]*)(?:\?([^#]*))?", url)
    host, folder, query = ("", "", None) if match is None else match.groups()
    return host.rpartition("@")[2], folder, dict(parse_qsl(query or ""))


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")
