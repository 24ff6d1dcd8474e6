"""What the charter's tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import load_charter
from proveout.errors import CharterError
from proveout.evidence.catalogue import Catalogue, Metric


def metric(name: str, direction: str = "higher", *dimensions: str) -> Metric:
    return Metric(
        name=name,
        unit="fraction",
        direction=direction,  # type: ignore[arg-type]
        family="technical",
        meaning="m",
        computed="c",
        source="s",
        dimensions=dimensions,  # type: ignore[arg-type]
    )


@pytest.fixture
def catalogue() -> Catalogue:
    """A few metrics, so that these tests do not depend on which ones are shipped."""
    return Catalogue(
        [
            metric("quality.accuracy", "higher", "site", "slice"),
            metric("readiness.rejects", "lower", "source"),
            metric("quality.f1"),
            metric("quality.silent_failure", "lower"),
            metric("readiness.completeness"),
            metric("readiness.required_completeness"),
            metric("readiness.duplicate_rows", "lower"),
            metric("stress.worst_quality_drop", "lower"),
        ]
    )


@pytest.fixture
def load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue
) -> Callable[[str], LoadedCharter]:
    """Write a charter and load it under the plain name that messages then show."""
    monkeypatch.chdir(tmp_path)

    def write_and_load(text: str | bytes) -> LoadedCharter:
        file = Path("pilot.yaml")
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_charter(file, known_metrics=catalogue)

    return write_and_load


@pytest.fixture
def complaint(load: Callable[[str | bytes], LoadedCharter]) -> Callable[[str | bytes], str]:
    """The whole error that a charter gives."""

    def complain(text: str | bytes) -> str:
        with pytest.raises(CharterError) as caught:
            load(text)
        return str(caught.value)

    return complain
