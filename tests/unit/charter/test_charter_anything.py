"""Whatever is in the file, the answer is a charter or a CharterError."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading.places import ListOf, MappingOf, homes, shape_at
from proveout.charter.schema import Charter
from proveout.errors import CharterError

Load = Callable[[str | bytes], LoadedCharter]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", " ", "5%", "0,5", "x", "quality.accuracy >= 1", "2026-02-30", "Ä" * 90]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*homes(), "x", "2013", "a b"]), inner, max_size=4),
    ),
    max_leaves=12,
)
QUIETLY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(content=st.binary(max_size=200))
@QUIETLY
def test_any_bytes(content: bytes, load: Load) -> None:
    """Somebody will name the wrong file."""
    _try(load, content)


@given(text=st.text(alphabet="pilot: c\n-#[]{}'\"|>&*!%@`\t?,~<ab01.", max_size=60))
@QUIETLY
def test_any_signs_of_yaml(text: str, load: Load) -> None:
    """Half-written files are the rule while a charter is being written."""
    _try(load, text)


@given(values=st.dictionaries(st.sampled_from(list(Charter.model_fields)), ANYTHING, max_size=5))
@QUIETLY
def test_any_values_under_any_keys(values: dict[str, Any], load: Load) -> None:
    """JSON is YAML: what a program writes is told as well as what a person does."""
    _try(load, json.dumps(values))


@given(data=st.data())
@QUIETLY
def test_any_wrong_value_at_any_place(data: st.DataObject, load: Load) -> None:
    """Each place of the schema has a sentence for each kind of wrong value."""
    _try(load, json.dumps({"pilot": "c", **_filled(Charter, (), data.draw)}))


def _filled(part: type[BaseModel], path: tuple[str | int, ...], draw: Any) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(list(part.model_fields)), max_size=3, unique=True))
    return {key: _value((*path, key), draw) for key in keys}


def _value(path: tuple[str | int, ...], draw: Any) -> Any:
    shape = shape_at(path)
    if draw(st.integers(0, 5)) == 0:
        return draw(ANYTHING)
    match shape:
        case ListOf():
            return [_value((*path, index), draw) for index in range(draw(st.integers(0, 2)))]
        case MappingOf():
            return {"x": _value((*path, "x"), draw)}
        case type() if issubclass(shape, BaseModel):
            return _filled(shape, path, draw)
        case _:
            return draw(SCALARS)


def _try(load: Load, content: str | bytes) -> None:
    try:
        load(content)
    except CharterError as error:
        told = str(error)
        # Words of the library that checks would send the reader to its manual.
        assert "Input should" not in told
        assert "is not allowed here" not in told or "The tag" in told
