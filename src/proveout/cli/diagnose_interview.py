"""The interview on a terminal: one question at a time, with a way back and a way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import typer
from rich.markup import escape

from proveout.cli.output import Output
from proveout.diagnosis.answers import Answers
from proveout.diagnosis.questions import UNKNOWN, Question

BACK, STOP = "b", "q"


@dataclass(slots=True)
class Interview:
    """Asks what is open, and hands every answer on as soon as it is given."""

    output: Output
    questions: Sequence[Question]
    """All that the record leaves to be asked, in order."""
    answers: Answers
    """Those given before are passed over, and can be gone back to."""
    keep: Callable[[Answers], None]
    """Called after every answer, so that nothing is lost."""
    read: Callable[[str], str] = field(
        default=lambda text: str(typer.prompt(text, default="", show_default=False, err=True))
    )

    def ask(self) -> Answers:
        """Ask until all is answered or somebody has enough; return what is known then."""
        passed = frozenset(self.answers.known)
        position = self._next(0, passed)
        while position < len(self.questions):
            step = self._ask(position)
            if step is None:
                break
            back = max(0, position - 1)
            position = back if step < 0 else self._next(position + 1, passed)
        return self.answers

    def _next(self, position: int, passed: frozenset[str]) -> int:
        """Return the first place from here on whose question was not answered before."""
        while position < len(self.questions) and self.questions[position].id in passed:
            position += 1
        return position

    def _ask(self, position: int) -> int | None:
        """Ask one question; return how far to go on, None to stop."""
        question = self.questions[position]
        for line in self._lines(position, question):
            self.output.say(line)
        while True:
            given = self.read(f"1 to {len(question.options)}, Enter, {BACK} or {STOP}").strip()
            match given.casefold():
                case "b" | "back":
                    return -1
                case "q" | "quit" | "stop":
                    return None
                case "" if question.id in self.answers.known:
                    return 1  # the answer so far stands
                case "" | "0" | "?" | "unknown" | "don't know":
                    self._take(question, UNKNOWN)
                    return 1
            option = _option(question, given)
            if option is not None:
                self._take(question, option)
                return 1
            self.output.say(
                escape(
                    f"'{given}' is none of them. Type a number from 1 to "
                    f'{len(question.options)}, or {self._unknown(question)} for "don\'t know".'
                )
            )

    def _lines(self, position: int, question: Question) -> Iterator[str]:
        before = self.questions[position - 1].part if position else None
        yield ""
        if question.part != before:
            yield f"[bold]{escape(question.part)}[/bold]"
        yield f"{position + 1} of {len(self.questions)}. {escape(question.text)}"
        yield f"[dim]{escape(question.hint)}[/dim]"
        chosen = self.answers.answers.get(question.id)
        for number, option in enumerate(question.options, start=1):
            mark = " (your answer so far)" if option.id == chosen else ""
            yield f"  {number}  {escape(option.text)}{mark}"
        mark = " (your answer so far)" if chosen == UNKNOWN else ""
        yield f"  {self._unknown(question)}  don't know{mark}"
        if question.id in self.answers.known:
            yield "  Enter  as it is"

    def _unknown(self, question: Question) -> str:
        """Return the key for "don't know": Enter never takes an answer away."""
        return "?" if question.id in self.answers.known else "Enter"

    def _take(self, question: Question, option: str) -> None:
        given = {**self.answers.answers, question.id: option}
        self.answers = self.answers.model_copy(update={"answers": given})
        self.keep(self.answers)


def _option(question: Question, given: str) -> str | None:
    """Return the option that a number, or its id, stands for."""
    if given.isascii() and given.isdigit() and 1 <= int(given) <= len(question.options):
        return question.options[int(given) - 1].id
    return given.casefold() if question.option(given.casefold()) else None
