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

    @model_validator(mode="after")
    def _can_work(self) -> Scorer:
        for name, wanted in (("python", "callable"), ("json_schema", "follows")):
            if self.by == name and getattr(self, wanted) is None:
                msg = f"by: {name} needs '{wanted}' beside it, for example {_EXAMPLES[wanted]}"
                raise ValueError(msg)
            if self.by != name and getattr(self, wanted) is not None:
                msg = (
                    f"'{wanted}' is for by: {name}, and here is by: {self.by}; take one of the two"
                )
                raise ValueError(msg)
        if self.by != "number" and (self.tolerance or self.relative_tolerance):
            msg = f"a tolerance is for by: number, and here is by: {self.by}; take one of the two"
            raise ValueError(msg)
        return self


_EXAMPLES = {
    "callable": "callable: 'score.py:compare'",
    "follows": "follows: {type: object, required: [answer]}",
}


class FieldScorer(Scorer):
    """One field of a document, and the column that holds its true value."""

    truth: Text | None = None
    """Column with the true value; the one that is called like the field when unset."""
    required: bool = True
    """A document is right when all its required fields are."""


class Scoring(Part):
    """For task: text one scorer, for task: extraction one per field. In short, the scorer's name.

    Where the charter states no task, fields make it extraction, and a scorer makes it text.
    """

    scorer: Scorer = Field(default_factory=Scorer)
    fields: dict[str, FieldScorer] = Field(default_factory=dict)
    """The fields that are read out of a document, by their name in the answer."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"scorer": value} if isinstance(value, str) else value
