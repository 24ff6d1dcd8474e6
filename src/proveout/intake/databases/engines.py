"""The database servers and warehouses that can be read, by the scheme of their URL."""

from __future__ import annotations

from dataclasses import dataclass

from proveout.intake.databases.url import scheme_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One kind of server."""

    name: str
    """What Ibis calls it."""
    label: str
    """What people call it."""
    extra: str
    """The optional part of Proveout that reads it."""
    schemes: tuple[str, ...]
    example: str
    """A URL as it is written."""


ENGINES = (
    Engine(
        name="postgres",
        label="PostgreSQL",
        extra="postgres",
        schemes=("postgresql", "postgres"),
        example="postgresql://USER@HOST:5432/DATABASE",
    ),
    Engine(
        name="mysql",
        label="MySQL",
        extra="mysql",
        schemes=("mysql", "mariadb"),
        example="mysql://USER@HOST:3306/DATABASE",
    ),
    Engine(
        name="mssql",
        label="SQL Server",
        extra="mssql",
        schemes=("mssql", "sqlserver"),
        example="mssql://USER@HOST:1433/DATABASE",
    ),
    Engine(
        name="snowflake",
        label="Snowflake",
        extra="snowflake",
        schemes=("snowflake",),
        example="snowflake://USER@ACCOUNT/DATABASE/SCHEMA?warehouse=NAME",
    ),
    Engine(
        name="bigquery",
        label="BigQuery",
        extra="bigquery",
        schemes=("bigquery",),
        example="bigquery://PROJECT/DATASET",
    ),
    Engine(
        name="trino",
        label="Trino",
        extra="trino",
        schemes=("trino",),
        example="trino://USER@HOST:8080/CATALOG/SCHEMA",
    ),
    Engine(
        name="pyspark",
        label="Spark",
        extra="spark",
        schemes=("spark", "pyspark"),
        example="spark://local?path=FOLDER",
    ),
)

_BY_SCHEME = {scheme: engine for engine in ENGINES for scheme in engine.schemes}
FILE_SCHEMES = ("duckdb", "sqlite")
"""Schemes of URLs that name a file."""


def engine_of(url: str) -> Engine | None:
    """Return the engine that a URL names; None where it names none, or a file."""
    # 'mysql+mysqldb', as SQLAlchemy writes it, names the same server.
    return _BY_SCHEME.get(scheme_of(url).partition("+")[0])


def example_of(engine: Engine) -> str:
    """Say how a URL of this engine is written."""
    return f"Write {engine.example}, and the table under 'table'."
