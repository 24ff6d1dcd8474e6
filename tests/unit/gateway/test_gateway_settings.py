"""Charters and options become settings, or a sentence that says what to write."""

from pathlib import Path
from typing import Any

import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.errors import InputError
from proveout.runtime.gateway.options import read_seconds
from proveout.runtime.settings import from_charters, of_charter, of_options

HERE = Path("/pilots/tickets")
CHAT = {"chat": {"url": "http://chat.example/v1", "model": "m", "user": "{q}"}}


def pilot(plain: dict[str, Any], **variables: str) -> Any:
    charter = Charter.model_validate({"pilot": "tickets", "system": CHAT, **plain})
    return of_charter(charter, HERE, variables=variables)


def said(plain: dict[str, Any], **variables: str) -> str:
    with pytest.raises(InputError) as error:
        pilot(plain, **variables)
    return str(error.value)


def test_a_charter_says_all() -> None:
    """Versions with their addresses and keys; files beside the charter; clients by their hash."""
    found = pilot(
        {
            "system": {"version": "v1", "chat": CHAT["chat"] | {"api_key": "${KEY}"}},
            "gateway": {
                "store": "postgresql://ann:${PASS}@db/p",
                "log": "kept",
                "versions": [{"name": "v2", "system": {"mlflow": "http://two.example"}}],
                "clients": [{"name": "desk", "key": "${DESK}", "team": "claims"}],
                "fallback": "http://three.example/v1",
            },
        },
        KEY="sk-one",
        PASS="word",
        DESK="key-of-desk",
    )

    assert found.main == "v1"
    assert {name: each.address.label for name, each in found.upstreams.items()} == {
        "v1": "http://chat.example/v1",
        "v2": "http://two.example",
    }
    assert found.upstreams["v1"].headers == ((b"authorization", b"Bearer sk-one"),)
    assert found.store == "postgresql://ann:word@db/p"
    assert found.log_folder == HERE / "kept"
    assert [(each.client, each.team) for each in found.clients.values()] == [("desk", "claims")]
    assert found.fallback.url.label == "http://three.example/v1"
    for secret in ("sk-one", "key-of-desk"):
        assert secret not in repr(found)


def test_what_no_gateway_can_stand_in_front_of_is_told() -> None:
    """With what to do instead."""
    assert said({"system": {"python": "model.py:predict"}}) == (
        "The system 'current' is reached by python, and a gateway stands in front of systems that "
        "are reached by HTTP.\nIn Python use the same protection in process: "
        "proveout.guard(system)."
    )
    assert said({"system": None}).startswith("The charter of 'tickets' names no system")
    twice = {"gateway": {"versions": [{"name": "current", "system": CHAT}]}}
    assert said(twice) == (
        "gateway.versions: 'current' is the name of another version already.\n"
        "The system's own name is system.version, or 'current'."
    )


def test_a_clients_key_must_be_there_long_and_its_own() -> None:
    """By its key alone a client is known."""
    clients = [{"name": "one", "key": "${ONE}"}, {"name": "two", "key": "${TWO}"}]
    plain = {"gateway": {"clients": clients}}

    assert said(plain, ONE="12345678") == (
        "gateway.clients, 'two': the environment variable TWO is not set.\n"
        "Set it before the call: export TWO=…"
    )
    assert said(plain, ONE="12345678", TWO="1234567").startswith(
        "gateway.clients: the key of 'two' has fewer than 8 letters."
    )
    assert said(plain, ONE="12345678", TWO="12345678") == (
        "gateway.clients: 'two' has the same key as 'one'.\n"
        "By its key a client is known; each needs one of its own."
    )


def test_several_charters_listen_at_one_address() -> None:
    """Each pilot has one charter, and all of them one port."""

    def loaded(name: str, listen: str) -> LoadedCharter:
        plain = {"pilot": name, "system": CHAT, "gateway": {"listen": listen}}
        charter = Charter.model_validate(plain)
        return LoadedCharter(charter=charter, path=HERE / f"{name}.yaml", content_hash="")

    one, two = loaded("one", "127.0.0.1:1000"), loaded("two", "127.0.0.1:2000")

    assert from_charters([one], variables={}).port == 1000
    assert from_charters([one, two], variables={}, listen=("::1", 7)).port == 7
    with pytest.raises(InputError, match="different addresses"):
        from_charters([one, two], variables={})
    with pytest.raises(InputError, match="Two charters are of the pilot 'one'"):
        from_charters([one, one], variables={})


def test_options_are_a_charter_in_short() -> None:
    """Money needs a price: that of the model each request names, or one that is given."""
    given: dict[str, Any] = {
        "upstream": "http://a.example", "folder": HERE, "host": "h", "port": 1,
    }  # fmt: skip

    [plain] = of_options(**given).pilots
    [by_model] = of_options(**given, budget=("10USD/day",)).pilots
    [priced] = of_options(**given, budget=("10EUR/day",), price="0.01").pilots

    assert (plain.price, plain.price_by_model, plain.currency) == (None, False, None)
    assert (by_model.price_by_model, by_model.currency) == (True, "USD")
    assert priced.price.per_request == 0.01
    with pytest.raises(InputError, match="What a request costs in EUR is not known"):
        of_options(**given, budget=("10EUR/day",))


@pytest.mark.parametrize(
    ("text", "seconds"), [("10s", 10.0), ("500ms", 0.5), ("2m", 120.0), ("3", 3.0)]
)
def test_times_have_units(text: str, seconds: float) -> None:
    """Seconds where none is given."""
    assert read_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "0s", "1h1", "nan"])
def test_what_is_no_time_is_told(text: str) -> None:
    """With an example."""
    with pytest.raises(InputError, match="is no time"):
        read_seconds(text)
