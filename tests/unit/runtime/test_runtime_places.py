"""Where a charter keeps what the runtime shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.runtime.places import log_of, store_of

FOLDER = Path("/pilots/claims")


def charter(**gateway: object) -> Charter:
    """A charter that says this of its gateway."""
    return Charter.model_validate({"pilot": "claims", "gateway": gateway})


def test_files_stand_beside_the_charter() -> None:
    """Wherever the command is given; an archive that is a folder as well."""
    said = charter(store="shared.db", log={"folder": "log", "archive": "../archive"})

    assert store_of(said, FOLDER, {}) == "/pilots/claims/shared.db"
    assert log_of(said, FOLDER) == (FOLDER / "log", "/pilots/claims/../archive")


def test_an_address_is_what_it_is_and_its_password_comes_from_the_environment() -> None:
    """No charter has to hold it."""
    said = charter(store="postgresql://p:${WORD}@db/x", log={"archive": "s3://bucket/log"})

    assert store_of(said, FOLDER, {"WORD": "geheim"}) == "postgresql://p:geheim@db/x"
    assert log_of(said, FOLDER)[1] == "s3://bucket/log"
    with pytest.raises(InputError):
        store_of(said, FOLDER, {})
