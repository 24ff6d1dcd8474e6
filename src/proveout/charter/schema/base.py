"""What every part of the charter shares: strictness, and values that more than one part uses."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator


class Part(BaseModel):
    """A part of the charter: immutable, and an unknown key is an error rather than a lost wish."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


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
