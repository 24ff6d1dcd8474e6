"""The file that keeps the answers of an interview."""

from __future__ import annotations

import os
import re
from pathlib import Path

from proveout.diagnosis.answers import Answers, parse_answers
from proveout.errors import InputError


def read_answers(file: Path) -> Answers:
    """Read a file of answers. Raises InputError."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        raise InputError(
            f"There is no file {file}.",
            hint="proveout diagnose --questions > answers.yaml writes one to fill in.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise InputError(f"{file} cannot be read: {why}.", hint="Name another file.") from error
    return parse_answers(text, file.name)


def keep_answers(answers: Answers, file: Path) -> None:
    """Write the file whole, or leave it as it was."""
    text = "".join(f"{line}\n" for line in _lines(answers))
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another: --save FILE"
        ) from error


def default_file(pilot: str | None) -> Path:
    """Return where the answers on a pilot are kept."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", pilot or "").strip("-.")
    return Path(f"diagnosis-{plain}.yaml" if plain else "diagnosis.yaml")


def _lines(answers: Answers) -> list[str]:
    import json

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [f"pilot: {quoted(answers.pilot)}"]
    if answers.title:
        lines.append(f"title: {quoted(answers.title)}")
    if answers.result:
        lines.append(f"result: {answers.result}")
    lines.append("answers:" if answers.answers else "answers: {}")
    lines += [f"  {name}: {option}" for name, option in answers.answers.items()]
    if answers.why:
        lines.append("why:")
        lines += [f"  {name}: {quoted(text)}" for name, text in answers.why.items()]
    if answers.sources:
        lines.append("sources:")
        lines += [f"  - {quoted(text)}" for text in answers.sources]
    return lines
