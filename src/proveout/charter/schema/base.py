"""What every part of the charter shares: strictness, and values that more than one part uses."""

from __future__ import annotations

import types
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A part of the charter: immutable, and an unknown key is an error rather than a lost wish."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _of_its_kind(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse a yes for a number, a number for a yes or for a date: each would become one."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        items = value if isinstance(value, list | tuple) else (value,)
        for item in items:
            _refuse_other_kind(item, plain_types(annotation))
        return value


def _refuse_other_kind(value: Any, wanted: set[Any]) -> None:
    if isinstance(value, bool):
        if wanted & {int, float} and bool not in wanted:
            raise PydanticCustomError("float_type", "a yes or no for a number")
    elif bool in wanted and isinstance(value, int | float | str):
        raise PydanticCustomError("bool_type", "something else for a yes or no")
    elif date in wanted and isinstance(value, int | float):
        raise PydanticCustomError("date_type", "a number for a date")


def plain_types(annotation: Any) -> set[Any]:
    """Return the plain types that an annotation allows, by themselves or as items of a list."""
    if hasattr(annotation, "__metadata__"):
        return plain_types(annotation.__origin__)
    if get_origin(annotation) in (Union, types.UnionType):
        return {kind for item in get_args(annotation) for kind in plain_types(item)}
    if get_origin(annotation) is tuple:
        return plain_types(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)}
    return {annotation}


Text = Annotated[str, StringConstraints(min_length=1)]
"""Something said in words; never empty."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)]
"""A short identifier: letters, digits, '_', '.', '-'."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 code, such as EUR."""

Level = Annotated[float, Field(gt=0.5, lt=1)]
"""A confidence level."""

Share = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, 0 to 1."""

Task = Literal["classification", "regression", "extraction", "text"]
"""What an answer is: a class, a number, the fields of a document, or words."""

Direction = Literal["higher", "lower"]
"""Which way is better."""


class Person(Part):
    """Somebody who can be asked. A plain string is the name."""

    name: Text
    """Full name."""
    role: Text | None = None
    """What they are in the company: 'COO'."""
    email: Text | None = None
    """Where they are reached."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class SignOff(Part):
    """A dated agreement by a named person."""

    who: Text
    on: date
    note: Text | None = None
