"""A diagnosis as one page that can be handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from proveout.diagnosis import Diagnosis
from proveout.diagnosis.diagnosis import HONESTLY, READ_SO
from proveout.diagnosis.failures import named
from proveout.diagnosis.questions import BY_ID
from proveout.diagnosis.readings import Source
from proveout.report.html import _environment, _style

SOURCES: Final[dict[Source, str]] = {
    "measured": "measured",
    "attested": "attested by a person",
    "agreed": "written in the charter",
    "left out": "left out of the charter",
    "said": "said in the interview",
}


def render_diagnosis(found: Diagnosis, *, at: datetime, by: str | None = None) -> str:
    """Return the page. All that somebody wrote is escaped."""
    return (
        _environment()
        .get_template("diagnosis.html.j2")
        .render(
            found=found,
            at=at,
            by=by,
            means={each.failure: named(each.failure).means for each in found.causes},
            questions=BY_ID,
            sources=SOURCES,
            note=f"{READ_SO} {HONESTLY}",
            style=_style(),
        )
    )
