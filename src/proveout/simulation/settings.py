"""A simulator's settings as a person writes them, in a file or as options."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
)

from proveout.charter.loaded import PathInCharter
from proveout.charter.loading.document import Document, read_document
from proveout.charter.loading.nearest import nearest
from proveout.charter.schema.base import Part, Share, Text
from proveout.errors import InputError
from proveout.simulation.behaviour import Behaviour, ServiceTime, Shape, Tokens
from proveout.simulation.files import text_of

if TYPE_CHECKING:
    from proveout.simulation.responder import Responder


class AnswerFile(Part):
    """Where the right answers are."""

    path: Path
    """CSV or JSON Lines; in a file of settings, from the folder of that file."""
    text: Text | None = None
    """Column with the text that stands in the prompt; the one with the longest texts when unset."""
    key: Text | None = None
    """Column that tells rows apart; it is no answer."""
    fields: tuple[Text, ...] = ()
    """Columns with the right answers; all others when empty."""
    wrong_rate: Text | None = None
    """Column with each row's own share of wrong answers, where some are harder than others."""


class Settings(Part):
    """All that can be set; the names are those of the command's options."""

    host: Text = "127.0.0.1"
    port: NonNegativeInt = Field(default=8600, le=65535)
    slots: PositiveInt = 8
    queue: NonNegativeInt | None = None
    service: NonNegativeFloat = 0.5
    shape: Shape = "lognormal"
    cv: NonNegativeFloat = 0.5
    contention: NonNegativeFloat = 0.0
    crosstalk: NonNegativeFloat = 0.0
    rate_limit: PositiveFloat | None = None
    tokens: PositiveFloat = 120.0
    tokens_cv: NonNegativeFloat = 0.4
    tokens_per_s: PositiveFloat | None = None
    first_token_share: Share = 0.3
    error_rate: Share = 0.0
    refusal_rate: Share = 0.0
    malformed_rate: Share = 0.0
    wrong_rate: Share = 0.1
    calibration: Share = 1.0
    fragility: Share = 0.5
    stops_abandoned_work: bool = False
    seed: NonNegativeInt = 0
    answers: AnswerFile | None = None

    @property
    def behaviour(self) -> Behaviour:
        """The same, as the server and the models of it take it."""
        return Behaviour(
            slots=self.slots,
            queue=self.queue,
            service=ServiceTime(mean_s=self.service, shape=self.shape, cv=self.cv),
            contention=self.contention,
            crosstalk=self.crosstalk,
            requests_per_minute=self.rate_limit,
            tokens=Tokens(
                output_mean=self.tokens,
                output_cv=self.tokens_cv,
                per_s=self.tokens_per_s,
                first_token_share=self.first_token_share,
            ),
            error_rate=self.error_rate,
            refusal_rate=self.refusal_rate,
            malformed_rate=self.malformed_rate,
            wrong_rate=self.wrong_rate,
            calibration=self.calibration,
            fragility=self.fragility,
            stops_abandoned_work=self.stops_abandoned_work,
            seed=self.seed,
        )


def read_settings(file: Path | None, options: dict[str, Any]) -> Settings:
    """Join a file of settings with options, which have the last word; None is not given.

    Raises InputError naming every key that is wrong.
    """
    document = Document() if file is None else _read(file)
    given = {} if file is None else _from_file(file, document.value)
    stated = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings.model_validate(given | stated)
    except ValidationError as error:
        place = "The options" if file is None else str(file)
        mistakes = ((_line(each["loc"], document, stated), _told(each)) for each in error.errors())
        lines = [
            f"  {told}" if line is None else f"  line {line}: {told}"
            for line, told in sorted(mistakes, key=lambda each: each[0] or 0)
        ]
        raise InputError(
            "\n".join([f"{place}: these settings of the simulator cannot be used.", *lines]),
            hint="All settings: proveout simulate --help",
        ) from None


def responder_of(settings: Settings) -> Responder | None:
    """Make the one who answers; None where there are no right answers. Raises InputError."""
    if settings.answers is None:
        return None
    from proveout.simulation.informed import Informed
    from proveout.simulation.knowledge import read_answers

    return Informed(settings.behaviour, read_answers(settings.answers))


def _read(file: Path) -> Document:
    document = read_document(text_of(file))
    if document.problems:
        told = [f"  line {each.at.line}: {each.what}" for each in document.problems]
        raise InputError(
            "\n".join([f"{file} cannot be read.", *told]), hint=document.problems[0].write
        )
    return document


def _from_file(file: Path, value: dict[str, Any] | None) -> dict[str, Any]:
    """Return the settings of a file, the path of the answers from where the file is."""
    if value is None:
        return {}
    answers = value.get("answers")
    if isinstance(answers, str):
        answers = {"path": answers}
    if isinstance(answers, dict) and isinstance(answers.get("path"), str):
        answers = {**answers, "path": str(file.parent / answers["path"])}
    return value if answers is None else {**value, "answers": answers}


def _line(path: PathInCharter, document: Document, options: Mapping[str, Any]) -> int | None:
    """Tell where a setting stands in the file; None where it came as an option."""
    if path[0] in options:
        return None
    at = document.keys.get(path) or document.keys.get(path[:1])
    return None if at is None else at.line


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"{place} is missing"
    if error["type"] != "extra_forbidden":
        return f"{place} is {error['input']!r}: {error['msg']}"
    part = AnswerFile if place.startswith("answers.") else Settings
    near = nearest(place.rsplit(".", 1)[-1], part.model_fields)
    return f"{place} is not a setting" + (f"; '{near}' is meant?" if near else "")
