"""Finding the installed checks."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from fixtures.assess_fakes import BREADTH, FakeCheck
from proveout.assess.registry import GROUP, BrokenCheck, installed, registry
from proveout.errors import InputError

OURS = [
    EntryPoint(name, f"proveout.checks.{name}:CHECK", GROUP)
    for name in ("governance", "readiness", "stress", "quality")
]


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a package of somebody else, empty."""
    module = ModuleType("somebodys_checks")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def theirs(attribute: str = "CHECK", name: str = "fake") -> EntryPoint:
    return EntryPoint(name, f"somebodys_checks:{attribute}", GROUP)


def broken(checks: tuple[Any, ...]) -> list[tuple[str, str]]:
    return [(check.name, check.why) for check in checks if isinstance(check, BrokenCheck)]


def test_the_shipped_checks_are_installed() -> None:
    """They are found like anybody else's, data before what it does to the system."""
    found = installed()

    assert [check.name for check in found.checks][:14] == [
        "readiness", "quality", "stress", "load", "cost", "drill", "drift", "latency", "adoption",
        "feedback", "exceptions", "assumptions", "value", "governance",
    ]  # fmt: skip
    assert found.measured_by["quality.accuracy"] == "quality"


def test_a_check_of_another_package_brings_its_metrics(package: ModuleType) -> None:
    """After ours, with its metrics in the catalogue; nothing else is edited."""
    package.CHECK = FakeCheck()  # type: ignore[attr-defined]

    found = registry([theirs(), *OURS])

    assert [check.name for check in found.checks] == [
        "readiness", "quality", "stress", "governance", "fake",
    ]  # fmt: skip
    assert found.catalogue["fake.breadth"] == BREADTH
    assert found.measured_by["fake.breadth"] == "fake"


def test_a_check_that_fails_to_load_is_named_and_not_fatal(package: ModuleType) -> None:
    """It stands among the checks and fails when it runs, so that the verdict names it."""
    found = registry([*OURS, theirs()])

    assert broken(found.checks) == [
        ("fake", "AttributeError: module 'somebodys_checks' has no attribute 'CHECK'")
    ]


def test_what_is_no_check_is_named(package: ModuleType) -> None:
    """An entry point that leads to something else is no check."""
    package.CHECK = object()  # type: ignore[attr-defined]

    assert broken(registry([theirs()]).checks) == [
        ("fake", "AttributeError: 'object' object has no attribute 'version'")
    ]


def test_nobody_takes_the_name_of_one_of_ours(package: ModuleType) -> None:
    """The shipped check stays; the other one is named with its package."""
    package.CHECK = FakeCheck(name="quality")  # type: ignore[attr-defined]

    found = registry([theirs(), *OURS])

    assert broken(found.checks) == [
        ("fake@somebodys_checks", "a check named 'quality' is there already")
    ]


def test_nobody_redefines_a_metric_of_ours(package: ModuleType) -> None:
    """A metric means one thing."""
    other = replace(BREADTH, name="quality.accuracy")
    package.CHECK = FakeCheck(metrics=(other,))  # type: ignore[attr-defined]

    assert broken(registry([theirs(), *OURS]).checks) == [
        (
            "fake@somebodys_checks",
            "it declares the metric 'quality.accuracy' otherwise than another check",
        )
    ]


def test_an_unknown_name_lists_the_known_ones() -> None:
    """`--only` and `check` say what there is."""
    with pytest.raises(InputError) as caught:
        registry(OURS).named(["stres"])

    assert (caught.value.message, caught.value.hint) == (
        "There is no check 'stres'.",
        "Installed: readiness, quality, stress, governance",
    )
