"""The four gates as an option."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class StageName(StrEnum):
    """The gates, in the order in which a pilot meets them."""

    design = "design"
    production = "production"
    scale = "scale"
    continue_ = "continue"


StageOption = Annotated[
    StageName,
    typer.Option("--stage", envvar="PROVEOUT_STAGE", help="Which gate decides."),
]
