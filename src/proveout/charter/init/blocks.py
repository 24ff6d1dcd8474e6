"""The pieces that a first charter is put together from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent, indent


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of YAML that stand or fall together."""

    why: str
    """One line of explanation."""
    yaml: str
    known: bool = False
    """False: it is an example, and is written as a comment."""

    def lines(self, depth: int, *, as_comment: bool) -> Iterator[str]:
        """Yield the explanation and the lines, indented."""
        margin = "  " * depth
        body = indent(dedent(self.yaml).strip("\n"), "" if self.known or as_comment else "# ")
        if self.why:
            yield f"{margin}## {self.why}"
        yield from indent(body, margin).splitlines()


@dataclass(frozen=True, slots=True)
class Group:
    """A key with blocks beneath it. It is a comment as a whole while nothing in it is known."""

    why: str
    key: str
    blocks: tuple[Block, ...]

    def lines(self) -> Iterator[str]:
        """Yield the explanation, the key, and the blocks."""
        yield f"## {self.why}"
        if any(block.known for block in self.blocks):
            yield f"{self.key}:"
            for block in self.blocks:
                yield from block.lines(1, as_comment=False)
            return
        yield f"# {self.key}:"
        for block in self.blocks:
            yield from (f"# {line}" for line in block.lines(1, as_comment=True))
