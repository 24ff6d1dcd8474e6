"""What a look makes people be called for. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.charter.schema import Charter
from proveout.notices import Notice
from proveout.runtime.monitors.raising import who_acts
from proveout.runtime.monitors.watching import Watched


def notices(charter: Charter, watched: Watched) -> Iterator[Notice]:
    """Yield new alarms, switches, a gate that does not let it stay, and what is overdue."""
    pilot, acts = charter.pilot, who_acts(charter)
    for alarm in watched.raised:
        yield Notice(
            pilot=pilot,
            what=alarm.what,
            severity="alarm",
            acts=alarm.who_acts,
            next_step=f"Find out why, then: proveout alarms resolve {alarm.id}",
            about=f"alarm:{alarm.id}",
        )
    has_acted = watched.acted.switched is not None or bool(watched.acted.broken)
    for told in watched.told:
        yield Notice(
            pilot=pilot, what=told, severity="alarm" if has_acted else "warning", acts=acts
        )
    verdict = watched.assessment.verdict
    if verdict.decision != "go":
        yield Notice(
            pilot=pilot,
            what=verdict.summary,
            severity="alarm" if verdict.decision == "stop" else "warning",
            acts=acts,
            next_step="See what holds it: proveout gate --stage continue",
            about=f"gate:{verdict.decision}",
        )
    for each in watched.due:
        if each.days_over > 0:
            yield Notice(pilot=pilot, what=each.sentence, acts=each.who, about=f"due:{each.what}")
