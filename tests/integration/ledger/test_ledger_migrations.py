"""The tables as migrations make them are the tables as the code describes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

import proveout.evidence.ledger
from proveout.evidence.ledger import NewEntry, open_ledger
from proveout.evidence.ledger.schema import (
    KNOWN_VERSIONS,
    METADATA,
    SCHEMA_VERSION,
    VERSION_TABLE,
)

GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid), "
    "(SELECT prosrc FROM pg_proc WHERE pg_proc.oid = tgfoid) "
    "FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """One database made by migrations, one made from the description."""
    if request.param == "sqlite":
        locations = [str(tmp_path / "migrated.db"), str(tmp_path / "described.db")]
        urls = [f"sqlite:///{location}" for location in locations]
    else:
        import psycopg

        url: str = request.getfixturevalue("postgres_url")
        with psycopg.connect(url, autocommit=True) as raw:
            raw.execute(f"CREATE DATABASE {url.rpartition('/')[2]}_described TEMPLATE template0")
        locations = [url, f"{url}_described"]
        urls = [place.replace("postgresql://", "postgresql+psycopg://") for place in locations]
    with open_ledger(locations[0]):
        pass
    migrated, described = (create_engine(url) for url in urls)
    METADATA.create_all(described)
    yield migrated, described
    migrated.dispose()
    described.dispose()


def test_migrations_and_description_give_the_same_tables(engines: tuple[Engine, Engine]) -> None:
    """Columns, keys, indexes, constraints, guards, and the first row of the head."""
    migrated, described = (_shape(engine) for engine in engines)

    assert migrated == described
    assert migrated["guards"] != []


def test_alembic_sees_no_difference_either(engines: tuple[Engine, Engine]) -> None:
    """Nothing would be generated for the next migration."""
    with engines[0].connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})

        assert compare_metadata(context, METADATA) == []


def test_every_migration_is_known_to_the_code() -> None:
    """Opening decides by these names, without importing Alembic."""
    folder = Path(proveout.evidence.ledger.__file__).parent / "migrations"
    script = ScriptDirectory(str(folder))

    shipped = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(shipped)) == KNOWN_VERSIONS
    assert script.get_current_head() == SCHEMA_VERSION


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """Migrations run once."""
    location = str(tmp_path / "ledger.db")
    with open_ledger(location) as ledger:
        (entry,) = ledger.append([NewEntry(pilot="p", kind="run", body={})])

    with open_ledger(location) as ledger:
        assert list(ledger.entries()) == [entry]


def _shape(engine: Engine) -> dict[str, Any]:
    tables = ("ledger_entries", "ledger_head")
    found = inspect(engine)
    with engine.connect() as connection:
        guards = connection.execute(text(GUARDS[engine.dialect.name])).all()
        head = connection.execute(text("SELECT id, seq, hash FROM ledger_head")).all()
    return {
        "columns": [
            (table, c["name"], str(c["type"]), c["nullable"], c["default"])
            for table in tables
            for c in found.get_columns(table)
        ],
        "keys": [found.get_pk_constraint(table)["constrained_columns"] for table in tables],
        "indexes": [found.get_indexes(table) for table in tables],
        "checks": [found.get_check_constraints(table) for table in tables],
        "guards": [tuple(guard) for guard in guards],
        "head": [tuple(row) for row in head],
    }
