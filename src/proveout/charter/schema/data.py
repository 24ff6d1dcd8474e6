"""The data: the pilot's curated sample and production as it is (R201–R209)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt, field_validator, model_validator

from proveout.charter.schema.base import Name, Part, Text

Format = Literal[
    "csv", "parquet", "jsonl", "excel", "duckdb", "sqlite", "pdf", "postgres", "database"
]
"""How a source is stored; found out from its path or URL when not given."""

FieldType = Literal["text", "integer", "number", "boolean", "date", "timestamp", "time", "category"]
"""What a field claims to be."""


class Source(Part):
    """A place where data lives. A plain string is its path, glob or URL."""

    name: Name | None = None
    """Short name; taken from the path when not given (see `intake.source_name`)."""
    path: Text
    """File, folder, glob or database URL; relative to the charter's folder."""
    table: Text | None = None
    """Table, view or sheet, where the place holds several."""
    format: Format | None = None
    site: Text | None = None
    """The site, business unit or system that this source belongs to."""
    owner: Text | None = None
    """Who answers for it."""
    role: Literal["records", "reference"] = "records"
    """Records of the process, or a list that records refer to."""
    encoding: Text | None = None
    """Only where the encoding found is wrong."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Only where the delimiter found is wrong."""
    decimal: Literal[".", ","] | None = None
    """Only where the decimal mark found is wrong."""
    null_values: tuple[str, ...] = ()
    """Texts that stand for a missing value, besides the empty one."""
    unite: Text | None = None
    """Put the tables of this source that are alike (a sheet for each site or month) together, with
    the name of each in a new column of this name."""
    rename: dict[Text, Text] = Field(default_factory=dict)
    """What a column is called in some of the files or sheets, and what it is to be called."""
    documents: bool = False
    """Each file is one document: a row with its name (`document`), its `text`, `kind`, `parts`,
    `bytes` and when it was `modified`."""
    files: tuple[Text, ...] = ()
    """Of a folder of documents, only these: names below the folder, or patterns."""

    deliveries: Literal["daily", "weekdays", "weekly", "monthly", "quarterly", "yearly"] | None = (
        None
    )
    """How often a new file is delivered; found from the files when not given, but only where it is
    given can a delivery be late."""
    due_days: int | None = Field(default=None, ge=0)
    """Days after the end of its period by which a delivery has to be there; 0 when not given."""

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _documents_are_no_tables(self) -> Source:
        if not self.documents:
            if self.files:
                msg = (
                    "'files' chooses among documents; write documents: true beside it, or name "
                    "the files in 'path'"
                )
                raise ValueError(msg)
            return self
        of_tables = ("table", "format", "delimiter", "decimal", "unite", "rename", "null_values")
        said = [f"'{name}'" for name in of_tables if getattr(self, name)]
        if said:
            msg = (
                f"a document is read as text, so that {' and '.join(said)} cannot be said of it; "
                "take it out, or take out 'documents' where the files are tables"
            )
            raise ValueError(msg)
        if "://" in self.path:
            msg = "documents are files; write the folder that holds them, for example: path: inbox"
            raise ValueError(msg)
        return self


class DataField(Part):
    """What is declared of one column."""

    type: FieldType | None = None
    required: bool = False
    """The system needs it in every record."""
    unit: Text | None = None
    min: float | None = None
    max: float | None = None
    values: tuple[Text, ...] = ()
    """The categories allowed."""
    pattern: Text | None = None
    """Regular expression (RE2) that the whole value must match."""
    meaning: Text | None = None

    @field_validator("pattern")
    @classmethod
    def _is_expression(cls, pattern: str | None) -> str | None:
        # RE2 knows a few escapes that Python's expressions do not; those are let through.
        if pattern is not None and not re.search(r"\\[pPzCQ]", pattern):
            try:
                re.compile(pattern)
            except re.error as error:
                msg = (
                    f"'{pattern}' is not a regular expression: {error}; correct it, for example: "
                    "pattern: '[A-Z]{2}[0-9]{4}'"
                )
                raise ValueError(msg) from None
        return pattern

    @model_validator(mode="after")
    def _right_way_up(self) -> DataField:
        if self.min is not None and self.max is not None and self.min > self.max:
            msg = (
                f"'min' ({self.min:g}) is above 'max' ({self.max:g}), so that no value is allowed; "
                "exchange the two"
            )
            raise ValueError(msg)
        return self


class Reference(Part):
    """Values of a column must be found in another source."""

    column: Text
    source: Name
    key: Text


class TimestampOrder(Part):
    """One moment that cannot come before another."""

    earlier: Text
    later: Text


class Labels(Part):
    """The true answers, where they are in a file of their own."""

    source: Source
    key: Annotated[tuple[Text, ...], Field(min_length=1)]
    column: Text | None = None
    """The column that holds the true answer; for documents system.scoring.fields names theirs."""


class Data(Part):
    """All that the pilot and production stand on."""

    pilot: Source | None = None
    """The curated sample which the pilot was built or shown on."""
    production: tuple[Source, ...] = ()
    """Production data as it really is."""
    label: Text | None = None
    """The column that holds the true answer."""
    labels: Labels | None = None
    """The true answers, where they are elsewhere."""
    key: tuple[Text, ...] = ()
    """The columns that name one record."""
    timestamp: Text | None = None
    """The column that says when a record came about."""
    site_column: Text | None = None
    """The column that names the site, where one source holds several."""
    slices: tuple[Text, ...] = ()
    """Columns to break results down by (R303)."""
    required: tuple[Text, ...] = ()
    """Columns that the system needs in every record."""
    inputs: tuple[Text, ...] = ()
    """Columns that the system is given; all but label and key when empty."""
    fields: dict[str, DataField] = Field(default_factory=dict)
    """What is declared of single columns."""
    references: tuple[Reference, ...] = ()
    order: tuple[TimestampOrder, ...] = ()
    """Which moments cannot come before which."""
    look_closer: tuple[Literal["cells", "near-duplicates"], ...] = ()
    """Slower looks at every record, for an assessment: single values that are suspect, and records
    that are nearly the same."""
    freshness_hours: float | None = Field(default=None, gt=0)
    """How old the newest record may be when the system needs it (R209)."""
    sample_rows: PositiveInt | None = None
    """At most so many production rows go through the system, drawn at random; all when unset."""

    @model_validator(mode="before")
    @classmethod
    def _of_documents(cls, value: Any) -> Any:
        """A document goes by its name, and the system is given its text, unless more is said."""
        if not isinstance(value, dict):
            return value
        production = value.get("production") or ()
        several = production if isinstance(production, list | tuple) else [production]
        sources = [each for each in (value.get("pilot"), *several) if each is not None]
        if not sources or not all(map(_has_documents, sources)):
            return value
        own = {"key": ["document"], "inputs": ["text"]}
        return {**value, **{name: said for name, said in own.items() if not value.get(name)}}

    @field_validator(
        "production", "key", "required", "slices", "inputs", "look_closer", mode="before"
    )
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str | dict) else value

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns declared as required, in either place, in order, once each."""
        declared = [name for name, field in self.fields.items() if field.required]
        return tuple(dict.fromkeys([*self.required, *declared]))


def _has_documents(source: Any) -> bool:
    said = source.get("documents") if isinstance(source, dict) else None
    return said is True or (isinstance(source, Source) and source.documents)
