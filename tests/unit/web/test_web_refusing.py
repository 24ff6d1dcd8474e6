"""A form that cannot be taken says what is wrong with which field, in plain words."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from proveout.web.refusing import refused


class Form(BaseModel):
    due: date = date(2025, 3, 3)
    asked: int = Field(default=1, ge=1, le=50)
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    done_by: str = Field(default="Ann", min_length=1, max_length=5)
    kind: Literal["wrong", "slow"] = "slow"
    names: Annotated[list[str], Field(max_length=1)] = []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"due": "soon"}, "“due” is not a day, such as 2025-03-31"),
        ({"due": "2025-02-30"}, "“due” is not a day, such as 2025-03-31"),
        ({"asked": "many"}, "“asked” is not a whole number"),
        ({"asked": 0}, "“asked” has to be at least 1"),
        ({"currency": "€"}, "“currency” is not of the form that is asked for"),
        ({"done_by": ""}, "“done by” is missing"),
        ({"done_by": "Anneke"}, "“done by” has more than 5 characters"),
        ({"kind": "odd"}, "“kind” has to be one of: 'wrong' or 'slow'"),
        ({"names": ["Bo", "Cy"]}, "“names” has more than 1 entries"),
        ({"asked": 99, "due": ""}, "“due” is not a day, such as 2025-03-31; "
                                   "“asked” has to be at most 50"),
    ],
)  # fmt: skip
def test_each_field_is_named_with_what_is_wrong(given: dict[str, Any], told: str) -> None:
    """Never the pattern or the library's own name for it."""
    with pytest.raises(ValidationError) as caught:
        Form(**given)

    errors = [{**each, "loc": ("body", *each["loc"])} for each in caught.value.errors()]
    assert refused(errors) == told
