"""What could do harm or could never work is refused before a drill begins."""

from pathlib import Path

import pytest

from proveout.charter.schema import Charter
from proveout.checks import refuse_mere_mention
from proveout.checks.drill import CHECK
from proveout.checks.drill.planning import listening_address
from proveout.checks.drill.reading import read_scenario, shipped
from proveout.checks.drill.users import Way, fallback_way, retargeted
from proveout.errors import InputError


def test_a_proxy_that_others_could_reach_is_meant_or_refused() -> None:
    """Whoever reaches the proxy reaches the system behind it."""
    with pytest.raises(InputError) as refused:
        listening_address("0.0.0.0:8601", may_be_reached=False)

    assert str(refused.value) == (
        "Other machines could reach the proxy on 0.0.0.0:8601, and through it the system.\n"
        "Listen on 127.0.0.1, or say that this is meant: --yes"
    )
    assert listening_address("10.0.0.7:8601", may_be_reached=True) == ("10.0.0.7", 8601)
    assert listening_address("localhost:1", may_be_reached=False) == ("127.0.0.1", 1)
    assert listening_address("[::1]:8601", may_be_reached=False) == ("::1", 8601)


@pytest.mark.parametrize("text", ["8601", ":8601", "127.0.0.1:", "127.0.0.1:99999", "a:b"])
def test_what_is_no_address_is_told(text: str) -> None:
    """Host and port, both."""
    with pytest.raises(InputError) as refused:
        listening_address(text, may_be_reached=True)

    assert str(refused.value) == (
        f"'{text}' is no address to listen on.\nWrite it as 127.0.0.1:8601."
    )


PROXY = Way(base="http://127.0.0.1:9")
OTHER = fallback_way("https://old.example/v1", "https://a.example/v1")


@pytest.mark.parametrize(
    ("url", "charter_url", "way", "goes_to"),
    [
        ("https://a.example/v1/chat", "https://a.example/v1", PROXY, "http://127.0.0.1:9/v1/chat"),
        # A version, or a key, in the query of the charter's URL is part of it.
        ("https://a.example/v1/chat?v=2", "https://a.example/v1?v=2", PROXY,
         "http://127.0.0.1:9/v1/chat?v=2"),
        ("https://a.example/ask?key=s", "https://a.example/ask?key=s", PROXY,
         "http://127.0.0.1:9/ask?key=s"),
        ("https://a.example", "https://a.example", PROXY, "http://127.0.0.1:9/"),
        # It is not given to another host.
        ("https://a.example/v1/chat?key=s", "https://a.example/v1?key=s", OTHER,
         "https://old.example/v1/chat"),
        # A fallback has a path of its own, be it none.
        ("https://a.example/v1/ask", "https://a.example/v1/ask",
         fallback_way("http://old.example", "https://a.example/v1/ask"), "http://old.example/"),
    ],
)  # fmt: skip
def test_requests_go_where_the_charter_says(
    url: str, charter_url: str, way: Way, goes_to: str
) -> None:
    """The proxy, or the fallback, stands in the place of the charter's URL."""
    assert retargeted(url, charter_url, way) == goes_to


@pytest.mark.parametrize(
    "url",
    [
        "https://b.example/v1/chat",
        "https://a.example.evil.example/v1/chat",
        "https://a.example:8443/v1/chat",
        "http://a.example/v1/chat",
        "https://a.example/v10/chat",
    ],
)
def test_requests_go_nowhere_else(url: str) -> None:
    """What is not below the charter's URL is refused, however alike it looks."""
    with pytest.raises(InputError) as refused:
        retargeted(url, "https://a.example/v1", PROXY)

    host = url.split("/")[2]
    assert refused.value.message == (
        f"A request would go to {host}, which the charter does not name."
    )


def test_the_shipped_scenarios_are_sound() -> None:
    """Four of them, and the weekend has two days."""
    assert [(each.name, each.hours) for each in shipped()] == [
        ("weekend", 48),
        ("outage", 8),
        ("slow", 8),
        ("bad-answers", 8),
    ]


def test_an_unknown_scenario_is_told_with_the_nearest(tmp_path: Path) -> None:
    """By name, or as a file beside the charter."""
    with pytest.raises(InputError) as refused:
        read_scenario("wekend", folder=tmp_path)

    assert str(refused.value) == (
        f"There is no scenario 'wekend', neither shipped nor as a file in {tmp_path}.\n"
        "Did you mean 'weekend'? Shipped are: weekend, outage, slow, bad-answers. See them: "
        "proveout drill scenarios"
    )


def test_every_mistake_of_a_scenario_is_told_with_its_place(tmp_path: Path) -> None:
    """File, line, column, what is wrong and what to write."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        """\
name: mine
title: Mine
hours: 4
fautls: []
faults:
  - {name: a, from_hour: 1, to_hour: 2, fault: {kind: outtage}}
  - {name: b, from_hour: 3, to_hour: 2, fault: {kind: outage}}
  - {name: c, from_hour: 1, to_hour: 2, fault: {kind: latency}, shre: 0.5}
"""
    )
    with pytest.raises(InputError) as refused:
        read_scenario("mine.yaml", folder=tmp_path)

    assert refused.value.message == (
        f"{file} has 5 mistakes.\n"
        f"{file}:4:1: fautls\n"
        "  There is no key 'fautls' here.\n"
        "  Did you mean 'faults'? Allowed here: name, title, hours, starts, faults, busy, seed.\n"
        f"{file}:6:41: faults[0].fault\n"
        "  There is no fault of the kind 'outtage'.\n"
        "  Did you mean 'outage'? Allowed: latency, errors, reset, refused, slow, cut, garbage, "
        "schema, content_type, outage, rate_limit, expired_credentials.\n"
        f"{file}:7:5: faults[1]\n"
        "  'to_hour' (2) is not after 'from_hour' (3).\n"
        "  Exchange or correct them.\n"
        f"{file}:8:41: faults[2].fault.seconds\n"
        "  'seconds' is missing.\n"
        "  Write: seconds: …\n"
        f"{file}:8:65: faults[2].shre\n"
        "  There is no key 'shre' here.\n"
        "  Did you mean 'share'? Allowed here: name, from_hour, to_hour, fault, share, monitor."
    )


def test_a_scenario_leaves_time_to_see_that_users_are_served_again(tmp_path: Path) -> None:
    """A fault that lasts to the end would leave recovery unseen."""
    (tmp_path / "mine.yaml").write_text(
        "name: mine\ntitle: Mine\nhours: 4\n"
        "faults: [{name: a, from_hour: 1, to_hour: 4, fault: {kind: outage}}]\n"
    )
    with pytest.raises(InputError) as refused:
        read_scenario("mine.yaml", folder=tmp_path)

    assert "'a' lasts until hour 4, and the scenario until hour 4." in refused.value.message


def test_to_name_the_check_holds_no_drill() -> None:
    """It is refused before anything is recorded, so that no earlier drill is replaced."""
    charter = Charter.model_validate({"pilot": "desk"})
    with pytest.raises(InputError) as refused:
        refuse_mere_mention(CHECK, charter)

    assert CHECK.waits_to_be_asked(charter)
    assert refused.value.message == (
        "A drill is held with people, not by naming it. What an earlier one showed stays as it is."
    )
    assert refused.value.hint == (
        "Name its address: system.http, system.chat, …. Then: proveout drill run weekend"
    )


def test_a_drill_needs_a_system_by_http_people_and_rows() -> None:
    """What the charter lacks is told all at once."""
    assert [need.next_step for need in CHECK.needs(Charter.model_validate({"pilot": "desk"}))] == [
        "Name its address: system.http, system.chat, …",
        "Say what is done: rollback",
        "Name them: drill.participants",
        "Name a source: data.production",
    ]
