"""What the YAML parser complains of, in words that lead to the character to change."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from proveout.charter.loading.problem import Position, Problem

_BY_COMPLAINT: tuple[tuple[str, str, str], ...] = (
    (
        "found character '\\t'",
        "There is a tab here.",
        "Indent and separate with spaces; YAML allows no tabs there.",
    ),
    (
        "mapping values are not allowed here",
        "A ':' stands where no key can be.",
        "Put text that contains ': ' in quotes, and begin each key under the first letter of the "
        "keys beside it.",
    ),
    (
        "sequence entries are not allowed here",
        "A list begins in the middle of a line.",
        "Put each '- ' on a line of its own, indented beneath its key.",
    ),
    (
        "could not find expected ':'",
        "This line is neither a key nor a value.",
        "Write 'key: value'. Text over several lines goes in quotes, or beneath 'key: >'.",
    ),
    (
        "found undefined alias",
        "A '*' refers to an anchor that is nowhere in the file.",
        "Put text that begins with '*' in quotes.",
    ),
    (
        "while scanning an alias",
        "A value begins with '*', which YAML reads as a reference.",
        "Put it in quotes: '*'",
    ),
    (
        "found unexpected end of stream",
        "A quote is opened here and never closed.",
        "Close it with the same quote. Inside single quotes an apostrophe is written twice: "
        "'it''s'.",
    ),
    (
        "but found another document",
        "A second document begins here with '---'.",
        "Keep one pilot in one file.",
    ),
    (
        "found unknown escape character",
        "A backslash in double quotes begins a code that YAML does not know.",
        "Put the text in single quotes, where a backslash is a backslash.",
    ),
    (
        "expected ',' or ']'",
        "A list that begins with '[' is not closed.",
        "Close it with ']', and put commas between its items.",
    ),
    (
        "expected ',' or '}'",
        "A group that begins with '{' is not closed.",
        "Close it with '}', and put commas between its keys.",
    ),
    (
        "but found '<scalar>'",
        "There is something left over after the end of a quoted value.",
        "Put the whole value in quotes. Inside single quotes an apostrophe is written twice: "
        "'it''s'.",
    ),
    (
        "expected <block end>",
        "The indentation does not fit the lines above.",
        "Begin each key under the first letter of the keys beside it.",
    ),
    (
        "cannot start any token",
        "A value begins with a character that YAML keeps for itself.",
        "Put the value in quotes.",
    ),
)


def syntax_problem(error: YAMLError) -> Problem:
    """Explain a parser's complaint."""
    if isinstance(error, ReaderError):
        return Problem(
            at=Position(line=1, column=1),
            path=(),
            what="The file holds a control character.",
            write="Delete it; a charter is plain text.",
        )
    complaint = str(error)
    for part, what, write in _BY_COMPLAINT:
        if part in complaint:
            return Problem(at=_position(error), path=(), what=what, write=write)
    seen = getattr(error, "problem", None) or complaint.splitlines()[0]
    return Problem(
        at=_position(error),
        path=(),
        what=f"This is not YAML: {seen}.",
        write="Put values with special characters in quotes, and check the indentation.",
    )


def _position(error: YAMLError) -> Position:
    mark = None
    if isinstance(error, MarkedYAMLError):
        opened = "quoted scalar" in str(error.context) and "end of stream" in str(error.problem)
        mark = error.context_mark if opened else error.problem_mark or error.context_mark
    if mark is None:
        return Position(line=1, column=1)
    return Position(line=mark.line + 1, column=mark.column + 1)
