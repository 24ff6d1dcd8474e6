"""The company's own rules, which may do anything and never harm the gateway."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proveout.charter.schema.gateway import Rule
from proveout.errors import InputError
from proveout.runtime.exceptions.bounded import Bounded, TooLongError
from proveout.runtime.exceptions.rules import ASIDE_S, Objection, PythonRule, load_rules

RULE = Rule(name="positive", python="rules.py:positive")


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def rule(function: Callable[..., Any], *, block: bool = False, clock: Clock | None = None) -> Any:
    said = RULE.model_copy(update={"block": block})
    return PythonRule(said, function, clock or Clock(), limit_s=0.05)


def forever(_request: Any, _answer: Any) -> None:
    while True:
        pass


def test_a_rule_that_is_kept_says_nothing() -> None:
    """None, True and empty text all mean that nothing is wrong."""
    assert [rule(lambda *_, said=said: said).look({}, "x") for said in (None, True, "")] == [
        None
    ] * 3


def test_a_rule_says_what_is_wrong_in_its_own_words() -> None:
    """The words go to the person who looks at it; False has none."""
    said = rule(lambda request, answer: f"{answer} of {request['most']}", block=True)

    assert said.look({"most": 5}, 7) == Objection("rule", "rule 'positive' says: 7 of 5", True)
    assert rule(lambda *_: False).look({}, 7) == Objection("rule", "rule 'positive' is not kept")


def test_a_rule_that_breaks_is_a_finding_that_tells_where() -> None:
    """The text of an error may hold the answer; its kind and line are enough to mend the rule."""

    def breaks(_request: Any, answer: Any) -> None:
        raise KeyError(answer)

    found = rule(breaks, block=True).look({}, "Jane Doe, 4 Mill Lane")

    line = breaks.__code__.co_firstlineno + 1
    note = f"rule 'positive' broke: KeyError in {Path(__file__).name}, line {line}"
    assert found == Objection("rule", note, blocks=True)


def test_a_rule_that_leaves_the_program_is_a_finding_too() -> None:
    """What would end a process, or gives something else than text, only breaks the rule."""

    def leaves(*_: Any) -> None:
        raise SystemExit

    assert "SystemExit" in rule(leaves).look({}, "").note
    assert rule(lambda *_: 3).look({}, "").note == (
        "rule 'positive' broke: it returned int instead of None or text"
    )


def test_a_rule_that_is_too_slow_is_ended_and_set_aside_after_three_times() -> None:
    """No answer waits for a rule longer than its limit; while aside it vouches for nothing."""
    clock = Clock()
    slow = rule(forever, clock=clock)

    said = [slow.look({}, "").note for _ in range(4)]
    clock.now = ASIDE_S
    said.append(slow.look({}, "").note)

    too_slow = "rule 'positive' broke: no answer within 0.05 s"
    aside = "rule 'positive' is set aside for 60 s, since it was too slow"
    assert said == [too_slow, too_slow, too_slow, aside, too_slow]


def test_a_function_that_runs_forever_is_thrown_out_of_its_thread() -> None:
    """It would share the processor with all requests until the end of the gateway."""
    bounded = Bounded(0.05)
    others = set(threading.enumerate())

    with pytest.raises(TooLongError):
        bounded.call(forever, {}, "")
    mine = set(threading.enumerate()) - others
    for thread in mine:
        thread.join(5.0)

    assert not any(thread.is_alive() for thread in mine)
    assert bounded.call(lambda: "next") == "next"
    bounded.close()


@pytest.mark.parametrize(
    ("python", "source", "message"),
    [
        ("rules.py:positive", None,
         "gateway.rules 'positive': there is no file 'rules.py' in {folder}."),
        ("rules.py:positive", "other = 1",
         "gateway.rules 'positive': 'rules.py' has no function 'positive'."),
        ("rules.py:positive", "import nowhere_at_all",
         "gateway.rules 'positive': 'rules.py' cannot be loaded: ModuleNotFoundError: "
         "No module named 'nowhere_at_all'"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_loaded_is_told_before_the_start(
    tmp_path: Path, python: str, source: str | None, message: str
) -> None:
    """A gateway without the rules that it was given would be a gateway that lets things pass."""
    if source is not None:
        (tmp_path / "rules.py").write_text(source)

    with pytest.raises(InputError) as told:
        load_rules([Rule(name="positive", python=python)], folder=tmp_path, clock=Clock())

    assert told.value.message == message.format(folder=tmp_path)


def test_a_schema_rule_reads_json_within_text(tmp_path: Path) -> None:
    """Models wrap JSON in words; the rule looks at the JSON, and else at the text itself."""
    (tmp_path / "s.json").write_text('{"type": "object", "required": ["total"]}')
    (loaded,) = load_rules(
        [Rule(name="whole", json_schema="s.json", block=True)], folder=tmp_path, clock=Clock()
    )

    assert loaded.look({}, 'Here: ```json\n{"total": 1}\n```') is None
    assert loaded.look({}, '{"sum": 1}') == Objection(
        "schema", "rule 'whole' is not kept ('total' is a required property)", blocks=True
    )
    assert loaded.look({}, "no") == Objection(
        "schema", "rule 'whole' is not kept (type: \"object\")", blocks=True
    )


def test_what_is_no_schema_is_told_before_the_start(tmp_path: Path) -> None:
    """The mistake is named, not met at the first request."""
    with pytest.raises(InputError) as told:
        load_rules(
            [Rule(name="whole", json_schema={"type": "objekt"})], folder=tmp_path, clock=Clock()
        )

    assert told.value.message == (
        "gateway.rules 'whole': this is no JSON Schema: 'objekt' is not valid under any of the "
        "given schemas"
    )
