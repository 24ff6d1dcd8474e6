"""Database URLs: which server they name, what may be shown of them, and what is filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake import source_name
from proveout.intake.databases import ENGINES, engine_of, is_database, without_password
from proveout.intake.databases.url import filled_in, scrubbed
from proveout.intake.place import as_file


@pytest.mark.parametrize(
    ("url", "engine"),
    [
        ("postgresql://h/db", "postgres"),
        ("postgres://h/db", "postgres"),
        ("postgresql+psycopg://h/db", "postgres"),
        ("MySQL://h/db", "mysql"),
        ("mariadb://h/db", "mysql"),
        ("mysql+mysqldb://h/db", "mysql"),
        ("mssql://h/db", "mssql"),
        ("sqlserver://h/db", "mssql"),
        ("snowflake://u@a/db/s", "snowflake"),
        ("bigquery://project/dataset", "bigquery"),
        ("trino://h:8080/hive/ap", "trino"),
        ("spark://local?path=x.parquet", "pyspark"),
        ("pyspark://warehouse", "pyspark"),
        # Files, and what is no URL.
        ("duckdb:///data/erp.duckdb", None),
        ("orders.csv", None),
        ("https://h/orders.csv", None),
        ("C://orders.csv", None),
    ],
)
def test_the_scheme_names_the_engine(url: str, engine: str | None) -> None:
    """Drivers named as SQLAlchemy names them do not matter."""
    found = engine_of(url)

    assert (None if found is None else found.name) == engine
    assert is_database(Source(path=url)) is (engine is not None)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://ann:secret@h/erp", "mysql://ann@h/erp"),
        # As a password stands where nobody escaped it.
        ("mysql://ann:p@ss:w/1@h/erp", "mysql://ann@h/erp"),
        ("mysql://ann:p?a#b@h/erp?charset=x", "mysql://ann@h/erp"),
        ("postgresql+psycopg://ann:s@h/erp", "postgresql+psycopg://ann@h/erp"),
        # A token may be among the options.
        ("snowflake://ann@acc/db?authenticator=x&token=y", "snowflake://ann@acc/db"),
        ("mysql://ann:${PW}@h/erp", "mysql://ann@h/erp"),
        ("trino://h:8080/hive", "trino://h:8080/hive"),
        # What is read, and nothing else.
        ("spark://local?path=ap.parquet&spark.x.secret=y", "spark://local?path=ap.parquet"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    """Nor are options."""
    assert without_password(url) == shown


def test_what_a_driver_says_is_rid_of_the_password() -> None:
    """Written as it stands in the URL, or as it is."""
    url = "mysql://ann:p%40ss@h/erp"

    said = scrubbed(f"cannot open {url}: 'p@ss' (p%40ss) is wrong", url)

    assert said == "cannot open mysql://ann@h/erp: '***' (***) is wrong"


def test_the_environment_fills_in_what_is_secret() -> None:
    """Escaped, for it may hold what means something in a URL."""
    assert filled_in("mysql://${WHO}:${PW}@h/erp", {"WHO": "ann", "PW": "p@s/s"}) == (
        "mysql://ann:p%40s%2Fs@h/erp"
    )


def test_a_variable_that_is_not_set_is_named() -> None:
    """And what of the URL may be shown."""
    with pytest.raises(InputError) as refused:
        filled_in("mysql://ann:${ERP_PASSWORD}@h/erp", {})

    assert str(refused.value) == (
        "mysql://ann@h/erp: the environment variable ERP_PASSWORD is not set.\n"
        "Set it: export ERP_PASSWORD=…"
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source(path="spark://local?path=/lake/ap/invoices.parquet"), "invoices"),
        (Source(path="spark://local[2]?path=lake/invoices/&format=orc"), "invoices"),
        (Source(path="trino://h:8080/hive/ap", table="ap.invoices"), "invoices"),
        (Source(path="duckdb:///data/erp.duckdb", table="invoices"), "erp.invoices"),
    ],
)
def test_a_source_is_called_by_its_table(source: Source, name: str) -> None:
    """Or by what it reads in a lake."""
    assert source_name(source) == name


def test_a_url_may_name_a_file() -> None:
    """Three slashes begin an absolute path, two a relative one."""
    assert as_file(Source(path="duckdb:///data/erp.duckdb")) == Source(
        path="/data/erp.duckdb", format="duckdb"
    )
    assert as_file(Source(path="sqlite://erp.db")) == Source(path="erp.db", format="sqlite")


def test_every_engine_is_on_its_page() -> None:
    """With the optional part that reads it, and the scheme of its URL."""
    page = (Path(__file__).parents[3] / "docs" / "databases.md").read_text(encoding="utf-8")

    missing = [
        word
        for engine in ENGINES
        for word in (f"`proveout[{engine.extra}]`", f"`{engine.example}")
        if word not in page
    ]

    assert missing == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgresql://ann:p@ss@db/erp", "postgresql://ann:p%40ss@db/erp"),
        ("postgresql://ann:p%40ss@db/erp", "postgresql://ann:p%40ss@db/erp"),
        ("postgresql://db:5432/erp?user=a&password=s@x", None),
        ("postgresql://one:5432,two:5432/erp?application_name=a@b", None),
        ("snowflake://ann:pw@account/db", None),
        ("spark://local[2]", None),
    ],
)
def test_an_at_sign_in_a_password_does_not_end_it(written: str, meant: str | None) -> None:
    """A driver would take the rest of the password for the host, and show it in its message."""
    assert filled_in(written, {}) == (meant or written)


@pytest.mark.parametrize("password", ["s3/cret", "s3?cret", "s3#cret"])
def test_a_password_without_a_clear_end_is_refused(password: str) -> None:
    """It would be shown in the driver's message as a port, a database or an option."""
    with pytest.raises(InputError) as caught:
        filled_in(f"postgresql://ann:{password}@db/erp", {})

    assert caught.value.message == (
        "postgresql://ann@db/erp: the password holds a '/', '?' or '#', which ends a part of a URL."
    )
    assert caught.value.hint == (
        "Write '%2F', '%3F' or '%23' instead; or keep it in an environment variable, and write "
        "${NAME}."
    )
