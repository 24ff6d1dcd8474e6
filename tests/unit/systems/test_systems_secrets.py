"""What a charter keeps secret is in no ledger, fault or fingerprint."""

from __future__ import annotations

from typing import Any

import pytest

from proveout.charter.loading import content
from proveout.charter.schema import Charter, ChatSystem
from proveout.systems.secrets import secrets_of, without

URL = "https://ann:S3CRET@api.example.com/v1?api-version=2&sig=S3CRET&subscription-key=S3CRET"


@pytest.mark.parametrize(
    "system",
    [
        {"chat": {"url": URL, "model": "m", "user": "x", "api_key": "S3CRET"}},
        {"http": {"url": URL, "headers": {"Authorization": "S3CRET"}}},
        {"mlflow": {"url": URL, "headers": {"x-api-key": "S3CRET"}}},
        {"open_inference": {"url": URL, "model": "m", "headers": {"Cookie": "S3CRET"}}},
        {"command": {"run": ["a"], "environment": {"API_TOKEN": "S3CRET"}}},
    ],
)
def test_a_secret_that_is_written_out_does_not_get_into_the_ledger(system: dict[str, Any]) -> None:
    """Although it should have been the name of a variable; what is no secret stays."""
    said = str(content(Charter.model_validate({"pilot": "p", "system": system})))

    assert "S3CRET" not in said
    assert ("api-version=2" in said) == ("command" not in system)


def test_the_name_of_a_variable_is_no_secret() -> None:
    """To read another variable is a change of what was agreed."""
    chat = {"url": "https://a.example", "model": "m", "user": "x", "api_key": "${KEY}"}

    said = content(Charter.model_validate({"pilot": "p", "system": {"chat": chat}}))

    assert said["system"]["chat"]["api_key"] == "${KEY}"


def test_all_that_is_secret_is_known_however_it_is_written() -> None:
    """Variables, the password as it is and as it was escaped, and the values of the query."""
    charter = ChatSystem(
        url="https://ann:p%40ss@a.example/v1?code=c0de-1",
        model="m",
        user="x",
        api_key="${KEY}",
        headers={"x-other": "${OTHER}", "x-short": "${SHORT}"},
    )
    variables = {"KEY": "key-1\n", "OTHER": "key-1-2", "SHORT": "a"}

    secrets = secrets_of(charter, url=charter.url, variables=variables)

    assert set(secrets) == {"key-1", "key-1-2", "p%40ss", "p@ss", "c0de-1"}
    assert without(secrets, ("key-1-2 and key-1", "a p@ss")) == ("… and …", "a …")
