"""`proveout diagnose`: why a pilot failed or stalled, and what must be so before the next."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proveout.cli.output import Output
from proveout.cli.paths import (
    CHARTER_FILE,
    CharterArgument,
    JsonOption,
    LedgerOption,
    ledger_location,
    short,
)
from proveout.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from proveout.charter.loaded import LoadedCharter
    from proveout.diagnosis import Answers, Diagnosis, Record
    from proveout.diagnosis.answers import Result
    from proveout.evidence.ledger import Ledger


class ResultName(StrEnum):
    """How a pilot ended."""

    failed = "failed"
    stalled = "stalled"
    succeeded = "succeeded"


_RESULTS: dict[ResultName, Result] = {
    ResultName.failed: "failed",
    ResultName.stalled: "stalled",
    ResultName.succeeded: "succeeded",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "diagnose",
        epilog="Example: proveout diagnose pilot.yaml --record --by 'Ada Byron' --html why.html",
    )(command)


def command(
    charter: CharterArgument = Path(CHARTER_FILE),
    *,
    pilot: Annotated[
        str | None, typer.Option(help="Which pilot, where it is not the charter's.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Answers from a file, in YAML or JSON.")
    ] = None,
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Ask what is open. Default: on a terminal."),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(help="Where answers are kept. Default: diagnosis-PILOT.yaml here."),
    ] = None,
    result: Annotated[ResultName | None, typer.Option(help="How it ended.")] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Record the diagnosis in the ledger; needs --by.")
    ] = False,
    met: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION",
            help="Record that a condition which an earlier pilot left is met; needs --shows, --by.",
        ),
    ] = None,
    unmet: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="Take such a word back.")
    ] = None,
    shows: Annotated[str | None, typer.Option(help="What shows it: a document, an occasion.")] = (
        None
    ),
    by: Annotated[
        str | None,
        typer.Option("--by", "--who", envvar="PROVEOUT_WHO", help="Full name of who does it."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the diagnosis to this file.")] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Show all questions, as a file to be filled in.")
    ] = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell why a pilot failed or stalled: by its ledger, by 25 questions at most, or by both.

    Which of five structural failures were active, what speaks for and against each, what else it
    could have been, and what must be shown before a next pilot. What the ledger tells is not asked.
    """
    from proveout.diagnosis import diagnose

    output = Output(as_json=as_json)
    if questions:
        _show_questions(output)
        return
    asks = (sys.stdin.isatty() and not as_json and answers is None) if ask is None else ask
    said = None if answers is None else _read(answers, pilot)
    wanted = pilot or (None if said is None else said.pilot)
    with _opened(charter, ledger, wanted, writes=record or bool(met or unmet)) as place:
        if met or unmet:
            _say_met(place, met or unmet or "", is_met=bool(met), shows=shows, by=by, output=output)
            return
        if asks:
            said = _interview(output, place, said, save or answers)
        _refuse_nothing(said, place)
        ended: Result | None = None if result is None else _RESULTS[result]
        found = diagnose(said, place.record, pilot=place.pilot, result=ended)
        if record:
            _record(place, found, said, by)
    if html is not None:
        _write_html(html, found, by)
    output.show(_view(found), found.as_dict())
    _say_next(output, found, html=html, is_recorded=record)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What is there to go by."""

    loaded: LoadedCharter | None
    ledger: Ledger | None
    pilot: str | None
    record: Record | None


@contextmanager
def _opened(
    charter: Path, ledger: str | None, pilot: str | None, *, writes: bool
) -> Iterator[_Place]:
    """Open charter and ledger where they are there; a lone interview needs neither."""
    from proveout.assess.diagnosing import record_in
    from proveout.charter.loading import load_charter
    from proveout.evidence.ledger import open_ledger

    is_there = charter.exists()
    if not is_there and charter != Path(CHARTER_FILE):
        raise NotFoundError(f"There is no charter {charter}.", hint="Or leave it out.")
    loaded = load_charter(charter) if is_there else None
    own = None if loaded is None else loaded.charter.pilot
    wanted = pilot or own
    location = ledger_location(charter, ledger) if (ledger or is_there or writes) else None
    if location is None or (ledger is None and not writes and not Path(location).exists()):
        record = _of_charter(loaded) if wanted == own else None
        yield _Place(loaded=loaded, ledger=None, pilot=wanted, record=record)
        return
    with open_ledger(location, create=writes) as opened:
        file = loaded.charter if loaded is not None and wanted == own else None
        record = None if wanted is None else record_in(opened, wanted, file)
        yield _Place(
            loaded=loaded if wanted == own else None,
            ledger=opened,
            pilot=wanted,
            record=None if record is None or record.is_empty else record,
        )


def _of_charter(loaded: LoadedCharter | None) -> Record | None:
    from proveout.diagnosis import Record

    return None if loaded is None else Record(charter=loaded.charter)


def _read(file: Path, pilot: str | None) -> Answers:
    from proveout.cli.diagnose_answers import read_answers

    said = read_answers(file)
    if pilot is not None and pilot != said.pilot:
        raise InputError(
            f"{file.name} is about '{said.pilot}', and '{pilot}' is asked for.",
            hint="Name the file of that pilot, or another to be written: --save FILE",
        )
    return said


def _interview(output: Output, place: _Place, said: Answers | None, file: Path | None) -> Answers:
    from proveout.cli.diagnose_answers import default_file, keep_answers
    from proveout.cli.diagnose_interview import Interview
    from proveout.diagnosis import Answers
    from proveout.diagnosis.questions import QUESTIONS
    from proveout.diagnosis.readings import known_of
    from proveout.diagnosis.record import readings_of

    told = {} if place.record is None else known_of(readings_of(place.record))
    known = {signal for signal, here in told.items() if here.is_settled}
    pilot = place.pilot or str(typer.prompt("Which pilot is it about?", err=True)).strip()
    file = file or default_file(pilot)
    if said is None and file.exists():
        said = _read(file, pilot)
        output.say(f"Taking up the answers in {short(file)}.")
    begun = said or Answers(pilot=pilot)
    left = [each for each in QUESTIONS if each.id not in known]
    n_open = sum(each.id not in begun.known for each in left)
    n_told = len(known & {each.id for each in QUESTIONS})
    if n_told:
        output.say(f"The record answers {n_told} of {len(QUESTIONS)} questions.")
    output.say(
        f"{_count(n_open, 'question')}. Enter: don't know; b: back; q or Ctrl-C: stop, and go "
        "on later."
    )
    talk = Interview(output, left, begun, lambda given: keep_answers(given, file))
    try:
        given = talk.ask()
    except (KeyboardInterrupt, typer.Abort):
        keep_answers(talk.answers, file)
        output.say("")
        output.say(
            f"Kept {_count(len(talk.answers.known), 'answer')} in {short(file)}. "
            f"Go on: proveout diagnose --answers {short(file)} --ask"
        )
        raise
    keep_answers(given, file)
    output.say("")
    output.say(f"Answers kept in {short(file)}.")
    return given


def _refuse_nothing(said: Answers | None, place: _Place) -> None:
    if said is None and place.record is None:
        about = f" of '{place.pilot}'" if place.pilot else ""
        raise InputError(
            f"Nothing is known{about}: there is no charter, no evidence and no answer.",
            hint="Answer the questions: proveout diagnose --ask. Or fill in a file: "
            "proveout diagnose --questions > answers.yaml, then --answers answers.yaml.",
        )


def _needed(place: _Place) -> Ledger:
    if place.ledger is None:  # pragma: no cover - it is opened for writing
        raise InputError("There is no ledger to record it in.", hint="Name one: --ledger FILE")
    return place.ledger


def _record(place: _Place, found: Diagnosis, said: Answers | None, by: str | None) -> None:
    from proveout.assess.diagnosing import record_diagnosis
    from proveout.assess.registry import installed
    from proveout.assess.workspace import utc_now

    record_diagnosis(
        found, said, who=by or "", loaded=place.loaded, ledger=_needed(place),
        catalogue=installed().catalogue, now=utc_now(),
    )  # fmt: skip


def _say_met(
    place: _Place, condition: str, *, is_met: bool, shows: str | None, by: str | None,
    output: Output,
) -> None:  # fmt: skip
    from rich.text import Text

    from proveout.assess.diagnosing import show_met
    from proveout.assess.registry import installed
    from proveout.assess.workspace import utc_now
    from proveout.diagnosis.conditions import BY_CONDITION

    if place.loaded is None:
        raise InputError(
            "A condition is met by the next pilot, and its charter is not here.",
            hint="Name it: proveout diagnose PILOT.YAML --met CONDITION",
        )
    recorded = show_met(
        condition, shows or "", is_met=is_met, who=by or "", loaded=place.loaded,
        ledger=_needed(place), catalogue=installed().catalogue, now=utc_now(),
    )  # fmt: skip
    word = "is met" if is_met else "is not met any more"
    human = f"{recorded.act.who} shows that this {word}: {BY_CONDITION[condition].text}."
    output.show(Text(human), {"act": recorded.act.as_dict()})
    output.say("Next: proveout gate --stage design")


def _view(found: Diagnosis) -> RenderableType:
    from proveout.cli.diagnose_view import view

    return view(found)


def _show_questions(output: Output) -> None:
    from proveout.cli.diagnose_view import questions_view
    from proveout.diagnosis.questions import QUESTIONS

    if not output.as_json:
        output.lines([questions_view()])
        return
    plain = [
        {
            "id": each.id,
            "part": each.part,
            "text": each.text,
            "hint": each.hint,
            "options": {option.id: option.text for option in each.options},
        }
        for each in QUESTIONS
    ]
    output.json_document({"ok": True, "questions": plain})


def _write_html(file: Path, found: Diagnosis, by: str | None) -> None:
    from proveout.assess.workspace import utc_now
    from proveout.cli.verdict_output import write_text
    from proveout.report.html.diagnosis import render_diagnosis

    write_text(file, render_diagnosis(found, at=utc_now(), by=by))


def _say_next(output: Output, found: Diagnosis, *, html: Path | None, is_recorded: bool) -> None:
    if html is not None:
        output.say(f"Written to {short(html)}.")
    if is_recorded:
        output.say(
            f"Recorded. A charter that names '{found.pilot}' under predecessors inherits "
            f"{_count(len(found.conditions), 'condition')} at the gate design."
        )
    elif found.active:
        output.say("Next: record it with --record --by NAME, so that the next pilot is held to it.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
