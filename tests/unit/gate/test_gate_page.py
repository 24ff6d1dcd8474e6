"""The reference page of the default standards."""

from __future__ import annotations

from pathlib import Path

from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.gate.page import gates_page
from proveout.gate.standards import DEFAULTS

PAGE = Path(__file__).parents[3] / "docs" / "gates.md"


def test_the_page_is_current() -> None:
    """docs/gates.md is generated from the standards.

    Make it anew: python -c "from proveout.gate.page import gates_page as g; from
    proveout.evidence.catalogue import *; print(g(Catalogue(SHIPPED)), end='')" > docs/gates.md
    """
    assert PAGE.read_text(encoding="utf-8") == gates_page(Catalogue(SHIPPED))


def test_every_line_stands_on_the_page() -> None:
    """No criterion is undocumented."""
    page = PAGE.read_text(encoding="utf-8")

    assert [c.id for lines in DEFAULTS.values() for c in lines if f"`{c.id}`" not in page] == []


def test_every_threshold_says_why() -> None:
    """Each default has at least one requirement, and a reason unless it speaks for itself."""
    from proveout.gate.page import _REQUIREMENT

    unsourced = [
        criterion.id
        for lines in DEFAULTS.values()
        for criterion in lines
        if not any(_REQUIREMENT.fullmatch(source) for source in criterion.sources)
    ]

    assert unsourced == []
