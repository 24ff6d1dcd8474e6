"""docs/charter.md is true: its examples load, and it leaves no key out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from proveout.charter.loaded import LoadedCharter
from proveout.charter.loading import load_charter
from proveout.charter.loading.places import ListOf, MappingOf, shape_at
from proveout.charter.schema import Charter
from proveout.charter.schema.system import KINDS
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.gate import default_lines

PAGE = (Path(__file__).parents[3] / "docs" / "charter.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_loads(example: str, tmp_path: Path) -> None:
    """With the metrics and the standard as they are shipped."""
    file = tmp_path / "pilot.yaml"
    is_whole = example.startswith("pilot: ")
    file.write_text(example if is_whole else f"pilot: x\n{example}", encoding="utf-8")

    loaded = load_charter(file, known_metrics=Catalogue(SHIPPED))

    assert loaded.charter.standard.keys() <= default_lines().keys()


def test_the_ten_lines_are_the_ones_that_are_tested(
    load: Callable[[str], LoadedCharter],
) -> None:
    """The first example of the page is a whole charter."""
    assert len(EXAMPLES[0].splitlines()) == 10
    assert load(EXAMPLES[0]).charter.pilot == "invoice-matching"


def test_every_key_is_shown() -> None:
    """A key that the page leaves out is one that nobody finds."""
    shown = set(re.findall(r"[a-z_0-9]+(?=:)", "\n".join(EXAMPLES)))

    assert sorted(set(_keys(())) - shown) == []


def _keys(path: tuple[str | int, ...]) -> Iterator[str]:
    shape = Charter if not path else shape_at(path)
    match shape:
        case ListOf():
            yield from _keys((*path, 0))
        case MappingOf():
            yield from _keys((*path, "x"))
        case type() if issubclass(shape, BaseModel):
            for key in shape.model_fields:
                if key != "kind" or path[-1:] not in {(name,) for name in KINDS}:
                    yield key
                yield from _keys((*path, key))
        case _:
            return
