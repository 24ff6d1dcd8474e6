"""What the intake's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from proveout.charter.schema import Source
from proveout.intake import OpenTable, Session, open_source


def pytest_configure(config: pytest.Config) -> None:
    """Let Ibis use names of DuckDB and pandas that these have replaced since."""
    for past in (
        r"ignore:fetch_\w+\(\) is deprecated:DeprecationWarning",
        r"ignore:The 'future.infer_string' option is deprecated",
    ):
        config.addinivalue_line("filterwarnings", past)


Open = Callable[..., OpenTable]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One small engine for the tests of a module."""
    with Session(memory_bytes=512 << 20, threads=2) as session:
        yield session


@pytest.fixture
def open_(session: Session, tmp_path: Path) -> Open:
    """Open a source below the test's folder."""

    def opened(path: str, **more: object) -> OpenTable:
        source = Source.model_validate({"path": path, **more})
        return open_source(source, folder=tmp_path, session=session)

    return opened
