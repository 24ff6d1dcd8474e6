"""How an answer in words, or the fields of a document, are compared with the truth."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from proveout.charter.schema.base import Part, Share, Text

ScorerName = Literal["exact", "normalised", "number", "date", "contains", "json_schema", "python"]


class Scorer(Part):
    """One comparison. In short, its name: 'normalised'."""

    by: ScorerName = "normalised"
    """exact: character by character. normalised: but for case, accents, punctuation and spaces.
    number: as numbers, within the tolerance. date: as days. contains: the truth, or one of its
    alternatives split at '|', stands in the answer. json_schema: the answer is JSON that follows
    the schema. python: a function of yours."""
    tolerance: float | None = Field(default=None, ge=0)
    """For number: largest accepted difference, in the unit of the truth."""
    relative_tolerance: float | None = Field(default=None, ge=0)
    """For number: the same as a share of the truth."""
    callable: Annotated[str, Field(pattern=r"^[^:]+:[A-Za-z_][A-Za-z0-9_.]*$")] | None = None
    """For python: 'score.py:function', which takes answer and truth as text and returns a score
    from 0 to 1, or yes or no."""
    right_from: Share = 1.0
    """From this score on the answer counts as right."""
    follows: dict[str, Any] | None = None
    """For json_schema: the JSON Schema that the answer must follow."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"by": value} if isinstance(value, str) else value


class FieldScorer(Scorer):
    """One field of a document, and the column that holds its true value."""

    truth: Text | None = None
    """Column with the true value; the one that is called like the field when unset."""
    required: bool = True
    """A document is right when all its required fields are."""


class Scoring(Part):
    """For task: text one scorer, for task: extraction one per field."""

    scorer: Scorer = Field(default_factory=Scorer)
    fields: dict[str, FieldScorer] = Field(default_factory=dict)
    """The fields that are read out of a document, by their name in the answer."""
