"""A drill that was held, as evidence and as the report tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sample_report import sample_report

from fixtures.gate_makers import charter
from proveout.checks import CheckContext, DataAccess
from proveout.checks.drill.record import Asked, FaultOn, HeldDrill, Said
from proveout.checks.drill.scenario import Scenario
from proveout.checks.drill.telling import Teller
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.report.html import render_html
from proveout.report.html.rooms.drill import DrillView, view

SCENARIO = Scenario.model_validate(
    {
        "name": "two",
        "title": "Two faults",
        "hours": 8,
        "starts": "Saturday 22:00",
        "faults": [
            {"name": "outage", "from_hour": 1, "to_hour": 3, "fault": {"kind": "outage"}},
            {"name": "update", "from_hour": 5, "to_hour": 6, "fault": {"kind": "schema"}},
        ],
    }
)

OUTAGE = FaultOn(
    name="outage",
    kind="outage",
    share=1,
    sign="Requests are not answered at all.",
    when=SCENARIO.span(1, 3),
    began_s=60,
    ended_s=180,
)
UPDATE = FaultOn(
    name="update",
    kind="schema",
    share=1,
    sign="Answers arrive, and are not in the agreed form.",
    when=SCENARIO.span(5, 6),
    began_s=300,
    ended_s=360,
)


def held(**changes: Any) -> HeldDrill:
    """Eight minutes: the outage is noticed after 42 s, the update by nobody."""
    asked = tuple(
        Asked(
            due_s=second,
            done_s=second + 0.5,
            served_by=None if 60 <= second < 180 or 300 <= second < 360 else "system",
        )
        for second in range(480)
    )
    made = HeldDrill(
        scenario=SCENARIO,
        began_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        seconds=480,
        faults=(OUTAGE, UPDATE),
        said=(
            Said(at_s=102, deed="ack", who="Ana Ruiz"),
            Said(at_s=110, deed="act", who="Ben Cole", text="from the handbook", by_hand=True),
            Said(at_s=120, deed="step", who="Ana Ruiz", step=1),
        ),
        asked=asked,
        steps=("Tell the shift lead", "Answer from the handbook"),
        participants=("Ana Ruiz", "Ben Cole"),
        vendor=("Vic Vendor",),
        users=10,
        give_up_after_s=10,
        fallback=False,
        notified=True,
        simulated=False,
        inputs={"system": "sha256:1"},
    )
    return replace(made, **changes)


def findings(drill: HeldDrill, folder: Path) -> list[Evidence | NotMeasured]:
    """What the check finds in it."""
    context = CheckContext(
        loaded=charter(rollback={"procedure": "Answer from the handbook"}),
        data=cast("DataAccess", None),
        open_system=lambda: (_ for _ in ()).throw(AssertionError),
        catalogue=Catalogue(SHIPPED),
        check=CheckRef(name="drill", version="1"),
        run="run-1",
        now=datetime(2026, 3, 1, 10, tzinfo=UTC),
        seed=1,
        artifacts=folder,
    )
    found = list(Teller(context=context, held=drill).findings())
    return [each for each in found if isinstance(each, Evidence | NotMeasured)]


def figures(found: list[Evidence | NotMeasured]) -> dict[str, Any]:
    """Metric and subject → value, or why there is none."""
    return {
        f"{each.metric} {each.subject}".strip(): (
            each.value if isinstance(each, Evidence) else each.reason
        )
        for each in found
    }


def test_a_drill_becomes_evidence_fault_by_fault_and_as_a_whole(tmp_path: Path) -> None:
    """What was not noticed has no time to notice: it is missing, and no pass."""
    assert figures(findings(held(), tmp_path)) == {
        "drill.time_to_notice fault=outage": 42,
        "drill.time_to_recover fault=outage": 120.5,
        "drill.served_rate fault=outage": 0,
        "drill.time_to_notice fault=update": "Nobody of the company acknowledged update.",
        "drill.time_to_recover fault=update": 60.5,
        "drill.served_rate fault=update": 0,
        "drill.time_to_notice": "Nobody of the company acknowledged update.",
        "drill.time_to_recover": 120.5,
        "drill.steps_done": 0.5,
        "drill.served_rate": 0,
        "drill.passed": 0,
    }
    lines = (tmp_path / "drill-timeline.jsonl").read_text().splitlines()
    assert len(lines) == 2 + 3 + 480
    assert [json.loads(line)["event"] for line in lines if '"request"' not in line] == [
        "fault", "said", "said", "said", "fault",
    ]  # fmt: skip


def test_what_people_say_is_attested_and_what_a_simulation_gives_is_simulated(
    tmp_path: Path,
) -> None:
    """The clockwork is measured; that a step was done is somebody's word, but in a rehearsal."""
    told = findings(held(), tmp_path)
    basis = {each.metric: (each.basis, each.person) for each in told if isinstance(each, Evidence)}

    assert basis["drill.steps_done"] == ("attested", "Ana Ruiz")
    assert basis["drill.passed"] == ("measured", None)
    rehearsed = findings(held(simulated=True), tmp_path)
    assert {(each.basis, each.person) for each in rehearsed if isinstance(each, Evidence)} == {
        ("simulated", None)
    }
    measured = findings(held(said=()), tmp_path)
    of = {each.metric: each.basis for each in measured if isinstance(each, Evidence)}
    assert of["drill.steps_done"] == "measured"


def test_the_report_tells_each_fault_in_a_sentence(tmp_path: Path) -> None:
    """Who noticed, after how long, and when users were served again."""
    facts = tuple(each for each in findings(held(), tmp_path) if isinstance(each, Evidence))
    shown = view(replace(sample_report(), evidence=facts))

    assert isinstance(shown, DrillView)
    assert shown.lead == (
        "Two faults: 2 faults in 8 min, 60 times as fast as it would be. Not passed."
    )
    assert shown.sentences == (
        "outage (Saturday 23:00 to Sunday 01:00): Requests are not answered at all. It was "
        "noticed after 42 s by Ana Ruiz. Users were served again after 2 min, after it had ended.",
        "update (Sunday 03:00 to 04:00): Answers arrive, and are not in the agreed form. Nobody "
        "noticed it in the 1 min it was on. Users were served again after 1 min, after it had "
        "ended.",
    )
    assert [(row.noticed, row.recovered, row.tone) for row in shown.rows] == [
        ("42 s, Ana Ruiz", "2 min", "plain"),
        ("by nobody", "1 min", "bad"),
    ]
    assert shown.people == (
        "Took part: Ana Ruiz, Ben Cole. Asked to: Ana Ruiz, Ben Cole.",
        "Nobody said that the vendor was needed.",
        "After 1 min 50 s Ben Cole: from the handbook, and from then on by hand.",
    )


def test_the_section_is_there_once_a_drill_was_held_and_escapes_what_people_typed(
    tmp_path: Path,
) -> None:
    """No drill, no section; what somebody typed is text."""
    said = (Said(at_s=102, deed="act", who="Ana Ruiz", text="<script>"),)
    facts = tuple(e for e in findings(held(said=said), tmp_path) if isinstance(e, Evidence))
    page = render_html(replace(sample_report(), evidence=facts))

    assert view(sample_report()) is None
    assert "What people did when it failed" in page
    assert "Ana Ruiz: &lt;script&gt;." in page


def test_what_the_fallback_did_is_told_of_each_fault(tmp_path: Path) -> None:
    """Served throughout is not the same where half of the users had to go elsewhere."""
    asked = tuple(
        replace(each, served_by="fallback" if each.served_by is None else "system")
        for each in held().asked
    )
    facts = findings(held(asked=asked, fallback=True), tmp_path)
    told = [
        each.details["sentence"]
        for each in facts
        if isinstance(each, Evidence) and each.metric == "drill.time_to_recover" and each.n == 1
    ]

    assert told[0] == (
        "outage (Saturday 23:00 to Sunday 01:00): Requests are not answered at all. It was "
        "noticed after 42 s by Ana Ruiz. Users were served throughout, 100 % of them by the "
        "fallback."
    )
