"""The company's own rules for answers: a Python function or a JSON Schema, loaded at the start."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from proveout.charter.schema.gateway import Rule
from proveout.errors import InputError, MissingExtraError
from proveout.runtime.exceptions.bounded import Bounded, TooLongError
from proveout.systems.answering import document_in

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

LIMIT_S = 0.1
"""So long a rule may look at one answer; what waits for it is a user."""
LONGEST = 300
"""Letters that are kept of what a rule says."""
STRIKES = 3
"""So many times too slow in a row, and a rule is set aside for a while."""
ASIDE_S = 60.0


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule says against an answer."""

    reason: Literal["rule", "schema"]
    note: str
    blocks: bool = False


class LoadedRule(Protocol):
    """A rule that is ready to look at answers."""

    def look(self, request: Any, answer: Any) -> Objection | None:
        """Say what is wrong with one answer to a request. Never raises."""
        ...


class PythonRule:
    """A user's own function."""

    def __init__(
        self,
        rule: Rule,
        function: Callable[[Any, Any], Any],
        clock: Callable[[], float],
        *,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._rule, self._function, self._clock = rule, function, clock
        self._bounded = Bounded(limit_s)
        self._strikes = 0
        self._aside_until = 0.0

    def look(self, request: Any, answer: Any) -> Objection | None:
        """Call it; one that breaks or is too slow is an objection itself."""
        if self._clock() < self._aside_until:
            return self._broke(f"is set aside for {ASIDE_S:.0f} s, since it was too slow")
        try:
            said = self._bounded.call(self._function, request, answer)
        except TooLongError:
            return self._broke(self._too_slow())
        except BaseException as error:  # noqa: BLE001  # the user's code may do anything
            self._strikes = 0
            return self._broke(f"broke: {_where(error)}")
        self._strikes = 0
        return self._heard(said)

    def _heard(self, said: Any) -> Objection | None:
        if said is None or said is True or said == "":
            return None
        if said is False:
            return self._objects("is not kept")
        if isinstance(said, str):
            return self._objects(f"says: {said}")
        return self._broke(f"broke: it returned {type(said).__name__} instead of None or text")

    def _too_slow(self) -> str:
        self._strikes += 1
        if self._strikes >= STRIKES:
            self._strikes = 0
            self._aside_until = self._clock() + ASIDE_S
        return f"broke: no answer within {self._bounded.limit_s:g} s"

    def _objects(self, what: str) -> Objection:
        return Objection("rule", _cut(f"rule '{self._rule.name}' {what}"), self._rule.block)

    def _broke(self, what: str) -> Objection:
        # A rule that holds answers back cannot vouch for one that it has not seen.
        return self._objects(what)


class SchemaRule:
    """A JSON Schema that every answer must keep, compiled once."""

    def __init__(self, validator: Validator, *, called: str, blocks: bool) -> None:
        self._validator, self._called, self._blocks = validator, called, blocks

    def look(self, request: Any, answer: Any) -> Objection | None:  # noqa: ARG002
        """Hold the answer, or the JSON that its text holds, against the schema."""
        document = document_in(answer) if isinstance(answer, str) else None
        looked_at = answer if document is None else document
        try:
            error = next(self._validator.iter_errors(looked_at), None)
        except Exception as broken:  # noqa: BLE001  # a reference that leads nowhere, an expression
            what = f"{self._called} broke: {type(broken).__name__}"
            return Objection("schema", what, self._blocks)
        if error is None:
            return None
        place = error.json_path.removeprefix("$").removeprefix(".")
        at = f" at '{place}'" if place else ""
        note = f"{self._called} is not kept{at} ({_wanted(error)})"
        return Objection("schema", _cut(note), self._blocks)


def load_rules(
    rules: Iterable[Rule], *, folder: Path, clock: Callable[[], float]
) -> list[LoadedRule]:
    """Load rules; paths are relative to the charter's folder, `clock` is a monotonic one.

    Raises InputError for one that cannot be loaded, MissingExtraError without `jsonschema`.
    """
    loaded: list[LoadedRule] = []
    for rule in rules:
        key = f"gateway.rules '{rule.name}'"
        if rule.python is not None:
            loaded.append(PythonRule(rule, load_function(rule.python, folder, key=key), clock))
            continue
        schema = rule.json_schema
        if isinstance(schema, str):
            schema = _schema_file(folder / schema, key=key)
        assert schema is not None  # noqa: S101  # a rule is one of both
        validator = compiled(schema, key=key)
        loaded.append(SchemaRule(validator, called=f"rule '{rule.name}'", blocks=rule.block))
    return loaded


def load_function(reference: str, folder: Path, *, key: str) -> Callable[..., Any]:
    """Load 'path/to/file.py:function'. Raises InputError saying what is missing."""
    place, _, name = reference.rpartition(":")
    file = folder / place
    how = "Write it as 'path/to/file.py:function', from the charter's folder."
    if not file.is_file():
        raise InputError(f"{key}: there is no file '{place}' in {folder.resolve()}.", hint=how)
    module_name = f"_proveout_rule_{file.resolve().stem}_{abs(hash(file.resolve())):x}"
    module = sys.modules.get(module_name)
    if module is None:
        spec = importlib.util.spec_from_file_location(module_name, file)
        if spec is None or spec.loader is None:
            raise InputError(f"{key}: '{place}' is no Python file.", hint=how)
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException as error:
            del sys.modules[module_name]
            if isinstance(error, KeyboardInterrupt):
                raise
            raise InputError(
                f"{key}: '{place}' cannot be loaded: {type(error).__name__}: {error}",
                hint=f"Run it by itself to see where: python {place}",
            ) from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise InputError(f"{key}: '{place}' has no function '{name}'.", hint=how)
    function: Callable[..., Any] = found
    return function


def compiled(schema: dict[str, Any], *, key: str) -> Validator:
    """Compile a JSON Schema. Raises InputError for what is none, MissingExtraError."""
    try:
        from jsonschema import SchemaError
        from jsonschema.validators import validator_for
    except ImportError:
        raise MissingExtraError(extra="scoring", wanted_for=key) from None
    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        raise InputError(
            f"{key}: this is no JSON Schema: {error.message}",
            hint="See https://json-schema.org/understanding-json-schema",
        ) from None
    validator: Validator = kind(schema)
    return validator


def _schema_file(file: Path, *, key: str) -> dict[str, Any]:
    try:
        schema = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{key}: {file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise InputError(f"{key}: {file} holds no JSON: {error}.") from None
    if not isinstance(schema, dict):
        raise InputError(f"{key}: {file} holds no JSON Schema, which is an object.")
    return schema


def _wanted(error: ValidationError) -> str:
    """Say what the schema asks for, and nothing of the answer, which may be nobody's business."""
    if error.validator == "required":
        return error.message  # names what is missing, as the schema does
    return f"{error.validator}: {json.dumps(error.validator_value, default=str)}"


def _where(error: BaseException) -> str:
    """Name an error and its line; its text may hold a part of the answer."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = Path(trace.tb_frame.f_code.co_filename).name
    return f"{type(error).__name__} in {file}, line {trace.tb_lineno}"


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"
