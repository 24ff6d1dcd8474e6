"""Pollute a sound table in every way that the benchmark names, each with what it should read as.

Written from the list of pollutions in the paper; every row is polluted in every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_PREAMBLE = ("Report of the department of statistics", "Extracted on request; see the notes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sound table: each cell as it is, and whether it is quoted without need."""

    name: str
    rows: list[list[str]]
    """The first is the header."""
    always_quoted: frozenset[int] = field(default_factory=frozenset)
    """Columns whose cells are quoted even where that is not needed."""
    delimiter: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class Polluted:
    """A polluted file and how it should read."""

    name: str
    content: bytes
    clean: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    delimiter: str
    quote: str = '"'
    escape: str = '"'
    newline: str = "\n"
    requote: bool = True


def pollute(source: Source) -> Iterator[Polluted]:
    """Yield every polluted version of a table, and the table itself."""
    yield from _files(source)
    yield from _rows(source)


def _files(source: Source) -> Iterator[Polluted]:
    rows, own = source.rows, _Style(delimiter=source.delimiter)
    header, body = rows[0], rows[1:]
    text = _text(source, rows, own)

    def of(name: str, content: str, clean: list[list[str]] | None = None) -> Polluted:
        return Polluted(
            name=f"{name}.csv", content=content.encode(), clean=rows if clean is None else clean
        )

    yield of("source", text)
    yield of("file_no_payload", "", [])
    yield of("file_no_trailing_newline", text.removesuffix("\n"))
    yield of("file_double_trailing_newline", text + "\n")
    yield of("file_no_header", _text(source, body, own), body)
    for n in (2, 3):
        joined = [" ".join([name] * n) for name in header]
        yield of(
            f"file_header_multirow_{n}", _text(source, [*[header] * (n - 1), *rows], own),
            [joined, *body],
        )  # fmt: skip
    yield of("file_preamble", "\n".join(_PREAMBLE) + "\n\n" + text)
    for name, width in (("same", 0), ("less", -1), ("more", 1)):
        other = [row[: len(row) + width] if width < 1 else [*row, ""] for row in rows]
        if width == 1:
            other[0][-1] = "col1"
        yield of(f"file_multitable_{name}", text + _text(source, other, own))
    yield of("file_header_only", _text(source, rows[:1], own), rows[:1])
    yield of("file_one_data_row", _text(source, rows[:2], own), rows[:2])
    for delimiter, code in ((" ", "0x20"), (", ", "0x2C_0x20"), (";", "0x3B"), ("\t", "0x9")):
        style = _Style(delimiter=delimiter, requote=delimiter != " ")
        yield of(f"file_field_delimiter_{code}", _text(source, rows, style))
    plain = {"delimiter": source.delimiter}
    yield of(
        "file_quotation_char_0x27", _text(source, rows, _Style(quote="'", escape="'", **plain))
    )
    yield of("file_escape_char_0x5C", _text(source, rows, _Style(escape="\\", **plain)))
    yield of("file_escape_char_0x00", _text(source, rows, _Style(escape="", **plain)))
    yield of("file_record_delimiter_0xA", text)
    yield of("file_record_delimiter_0xD", _text(source, rows, _Style(newline="\r", **plain)))


def _rows(source: Source) -> Iterator[Polluted]:
    own = _Style(delimiter=source.delimiter)
    cut = [[_token(cell, i, source, own) for i, cell in enumerate(row)] for row in source.rows]
    lines = [own.delimiter.join(tokens) for tokens in cut]

    def with_line(name: str, i: int, line: str, clean: list[list[str]]) -> Polluted:
        text = "\n".join([*lines[:i], line, *lines[i + 1 :]]) + "\n"
        return Polluted(name=f"{name}.csv", content=text.encode(), clean=clean)

    for i, tokens in enumerate(cut):
        for j in range(len(tokens)):
            sign = own.delimiter
            if j:
                less = sign.join(tokens[:j]) + sign.join(tokens[j:])
                yield with_line(f"row_less_sep_row{i}_col{j}", i, less, source.rows)
            more = sign.join([*tokens[:j], "", *tokens[j:]])
            yield with_line(f"row_more_sep_row{i}_col{j}", i, more, source.rows)
            stray = sign.join([*tokens[:j], '"' + tokens[j], *tokens[j + 1 :]])
            clean = [list(row) for row in source.rows]
            clean[i][j] = '"' + clean[i][j]
            yield with_line(f"row_extra_quote{i}_col{j}", i, stray, clean)
        yield with_line(f"row_field_delimiter_{i}_0x20", i, " ".join(tokens), source.rows)


def _text(source: Source, rows: Sequence[Sequence[str]], style: _Style) -> str:
    lines = (
        style.delimiter.join(_token(cell, i, source, style) for i, cell in enumerate(row))
        for row in rows
    )
    return "".join(line + style.newline for line in lines)


def _token(cell: str, column: int, source: Source, style: _Style) -> str:
    """Write one cell, quoted where it must be or is by habit."""
    must = any(sign in cell for sign in (source.delimiter, '"', "\n", "\r"))
    if style.requote:
        must = must or style.delimiter[0] in cell or (style.quote == "'" and cell[:1] == "'")
    if not must and column not in source.always_quoted:
        return cell
    escaped = cell.replace(style.quote, style.escape + style.quote)
    return f"{style.quote}{escaped}{style.quote}"
