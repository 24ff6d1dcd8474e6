"""The store: made once, by migrations that give what the code describes; kept by a commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, insert, inspect, select

from proveout.errors import InputError, ProveoutError, StoreError, UnreachableError
from proveout.runtime.store import Store, open_store
from proveout.runtime.store.kept import STORE
from proveout.runtime.store.schema import METADATA, SWITCHES, VERSION_TABLE

SWITCH = {"pilot": "claims", "generation": 1, "state": "{}", "at": 1.5}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def engines(location: str) -> Iterator[tuple[Engine, Engine]]:
    """One database made by migrations, one made from the description."""
    other = f"{location}_described"
    urls = [f"sqlite:///{place}" for place in (location, other)]
    if location.startswith("postgresql"):
        import psycopg

        with psycopg.connect(location, autocommit=True) as raw:
            raw.execute(f"CREATE DATABASE {other.rpartition('/')[2]} TEMPLATE template0")
        urls = [
            place.replace("postgresql://", "postgresql+psycopg://") for place in (location, other)
        ]
    with open_store(location):
        pass
    migrated, described = (create_engine(url) for url in urls)
    METADATA.create_all(described)
    yield migrated, described
    migrated.dispose()
    described.dispose()


def test_migrations_and_description_give_the_same_tables(engines: tuple[Engine, Engine]) -> None:
    """Columns, keys, indexes and constraints; nothing would be left for the next migration."""
    migrated, described = engines

    assert _shape(migrated) == _shape(described)
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_every_migration_is_known_to_the_code() -> None:
    """Opening decides by these names, without importing Alembic."""
    script = ScriptDirectory(str(STORE.migrations))

    shipped = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(shipped)) == STORE.known_versions
    assert script.get_current_head() == STORE.version


def test_what_was_committed_is_there_when_it_is_opened_again(location: str) -> None:
    """And what was not is gone as a whole."""
    with open_store(location) as store:
        with store.writing() as connection:
            connection.execute(insert(SWITCHES), [SWITCH])
        with pytest.raises(KeyError):
            _fail_after_writing(store)

    with open_store(location, create=False) as store, store.reading() as connection:
        assert [dict(row) for row in connection.execute(select(SWITCHES)).mappings()] == [SWITCH]


def test_a_connection_of_the_driver_is_the_callers_own(location: str) -> None:
    """For what has to be quick; it stays when the store is closed."""
    with open_store(location) as store:
        raw = store.raw_connection()
    with closing(raw):
        assert raw.execute("SELECT count(*) FROM budget_accounts").fetchone() == (0,)


def test_what_is_wrong_with_a_place_is_said_of_the_store(tmp_path: Path) -> None:
    """The machinery is the ledger's, the words are not."""
    missing = tmp_path / "store.db"
    said = _refusal(str(missing), create=False)
    assert (type(said), str(said)) == (
        InputError,
        f"There is no store in {missing} yet.\nIt is made when a gateway first starts: proveout "
        "gateway pilot.yaml. If it stands elsewhere, name it in the charter as gateway.store.",
    )
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as raw:
        raw.execute("CREATE TABLE customers (name)")
    said = _refusal(str(other))
    assert (type(said), str(said)) == (
        StoreError,
        f"{other} is an SQLite database but not a store: it holds the table 'customers'.\n"
        "Name another file with gateway.store.",
    )
    assert str(_refusal("mysql://host/db")) == (
        "A store cannot be kept in 'mysql://'.\n"
        "Give a file path (SQLite) or a URL that begins with postgresql://"
    )


def test_a_server_that_does_not_answer_cannot_be_reached() -> None:
    """Exit code 3, without the password."""
    pytest.importorskip("psycopg")
    said = _refusal("postgresql://ada:s3cret@127.0.0.1:1/pilots")

    assert type(said) is UnreachableError
    assert said.message.startswith(
        "The store postgresql://ada@127.0.0.1:1/pilots cannot be reached: connection failed: "
    )


def _refusal(location: str, *, create: bool = True) -> ProveoutError:
    with pytest.raises(ProveoutError) as caught, open_store(location, create=create):
        pass
    return caught.value


def _fail_after_writing(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(insert(SWITCHES), [{**SWITCH, "pilot": "other"}])
        raise KeyError


def _shape(engine: Engine) -> dict[str, Any]:
    tables = sorted(METADATA.tables)
    found = inspect(engine)
    return {
        "columns": [
            (table, c["name"], str(c["type"]), c["nullable"], c["default"])
            for table in tables
            for c in found.get_columns(table)
        ],
        "keys": [found.get_pk_constraint(table)["constrained_columns"] for table in tables],
        "indexes": [_told(index) for table in tables for index in found.get_indexes(table)],
        "unique": [found.get_unique_constraints(table) for table in tables],
        "checks": [found.get_check_constraints(table) for table in tables],
    }


def _told(index: Any) -> Any:
    """An index as plain values: which rows a partial one holds comes as an object of its own."""
    which = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": which}
