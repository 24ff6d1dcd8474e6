"""Walk through XML without trust: no entities of its own, no outside, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from proveout.errors import InputError

_DEEPEST = 200


def walk(
    pieces: Iterable[bytes],
    name: str,
    *,
    begin: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Call `begin`, `end` and `text` for what is met; tags and attributes without their prefixes.

    Raises InputError where the XML is broken or declares entities.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def begun(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _refused(name, "its XML is nested without end")
        begin(_local(tag), {_local(key): value for key, value in attributes.items()})

    def ended(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(_local(tag))

    def declared(*_: object) -> None:
        raise _refused(name, "it declares entities of its own, as no spreadsheet does")

    parser.StartElementHandler = begun
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = declared
    parser.buffer_text = True
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (LookupError, ValueError) as error:
        raise InputError(
            f"{name} is no workbook that can be read: its XML names an encoding that nobody knows.",
            hint="Export it again, or open it in a spreadsheet program and save it as .xlsx.",
        ) from error
    except expat.ExpatError as error:
        raise InputError(
            f"{name} is no workbook that can be read: its XML is broken in line {error.lineno} "
            f"({expat.ErrorString(error.code)}).",
            hint="Export it again, or open it in a spreadsheet program and save it as .xlsx.",
        ) from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refused(name: str, why: str) -> InputError:
    return InputError(
        f"{name} is not opened: {why}.",
        hint="It may be made to do harm. If you trust it, open it in a spreadsheet program and "
        "save it again.",
    )
