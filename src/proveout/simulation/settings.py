"""A simulator's settings as a person writes them, in a file or as options."""

from __future__ import annotations

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

from proveout.charter.loading.document import read_document
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
    given = {} if file is None else _from_file(file)
    if file is not None and isinstance(given.get("answers"), dict):
        path = given["answers"].get("path")
        if isinstance(path, str):
            given["answers"] = {**given["answers"], "path": str(file.parent / path)}
    given |= {name: value for name, value in options.items() if value is not None}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        place = "The options" if file is None else str(file)
        lines = [f"  {_told(each)}" for each in error.errors()]
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


def _from_file(file: Path) -> dict[str, Any]:
    document = read_document(text_of(file))
    if document.problems:
        first = document.problems[0]
        raise InputError(
            f"{file}, line {first.at.line}: {first.what}.", hint=f"Write {first.write}."
        )
    if document.value is None:
        return {}
    if not isinstance(document.value, dict):
        raise InputError(f"{file} holds no settings.", hint="One a line, such as 'slots: 8'.")
    value = dict(document.value)
    if isinstance(value.get("answers"), str):
        value["answers"] = {"path": value["answers"]}
    return value


def _told(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"{place} is {error['input']!r}: {error['msg']}"
    part = AnswerFile if place.startswith("answers.") else Settings
    near = nearest(place.rsplit(".", 1)[-1], part.model_fields)
    return f"{place} is not a setting" + (f"; '{near}' is meant?" if near else "")
