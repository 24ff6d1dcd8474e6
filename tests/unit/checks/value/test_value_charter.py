"""What does not fit together in `value` and `measured` is told when the charter is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.charter.loading import load_charter
from proveout.errors import CharterError

HEAD = """version: 1
pilot: claims
kpis:
  - name: wait
    unit: {unit}
    direction: lower
    threshold: 20
    measured: {measured}
"""
SOUND = "{value: wait}"


@pytest.mark.parametrize(
    ("unit", "measured", "value", "said"),
    [
        # Records that are nowhere.
        ("minutes", SOUND, "{}",
         "Nothing says where the records of the process are.\n"
         "  Name them, for example: value: {records: cases.csv}"),
        # A time in a unit that is none.
        ("minuts", "{begins: a, ends: b, statistic: median}", "{records: c.csv}",
         "It is the time between two moments, and 'minuts' is no unit of time.\n"
         "  Did you mean 'minutes'? Allowed: seconds, minutes, hours, days, weeks, months."),
        # A mean of open cases without an end.
        ("minutes", "{begins: a, ends: b}", "{records: c.csv}",
         "The mean of the time between two moments is not known while cases are open that may "
         "take for ever.\n  Give the longest time that is counted, in the KPI's unit "
         "(horizon: 60), or write statistic: median"),
        # A share has no median.
        ("fraction", "{happened: right, statistic: median}", "{records: c.csv}",
         "A share of cases has no median.\n  Leave 'statistic' out."),
        # A team that begins twice.
        ("minutes", SOUND,
         "{records: c.csv, rollout: [{team: a, on: 2026-05-01}, {team: a, on: 2026-06-01}]}",
         "Team 'a' stands there twice.\n"
         "  Give the day from which on it had the system, once."),
        # Said twice from when on.
        ("minutes", SOUND,
         "{records: c.csv, rolled_out: 2026-05-01, rollout: [{team: a, on: 2026-05-01}]}",
         "It is said twice from when on they had the system, for all and by team.\n"
         "  Take out 'rolled_out' or 'rollout'."),
        # A control that gets it.
        ("minutes", SOUND,
         "{records: c.csv, control_teams: [a], rollout: [{team: a, on: 2026-05-01}]}",
         "Team 'a' is to be without the system for ever, and gets it by value.rollout.\n"
         "  Take it out of one of the two."),
        # Decided before it began.
        ("minutes", SOUND, "{records: c.csv, rolled_out: 2026-05-01, decides_on: 2026-04-01}",
         "The day of decision is not after the first day with the system, 2026-05-01.\n"
         "  Write a day weeks later: proveout plan says how many it takes."),
        # The worth of a KPI that there is not.
        ("minutes", SOUND,
         "{records: c.csv, returns: {currency: EUR, worth: [{kpi: waits, per_unit: 1}]}}",
         "There is no KPI 'waits'.\n  Did you mean 'wait'? KPIs: wait."),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_told_with_what_to_write(
    tmp_path: Path, unit: str, measured: str, value: str, said: str
) -> None:
    """Before anything is measured by it."""
    path = tmp_path / "pilot.yaml"
    path.write_text(f"{HEAD.format(unit=unit, measured=measured)}value: {value}\n")

    with pytest.raises(CharterError) as raised:
        load_charter(path)

    assert said in raised.value.message
    assert "has 1 mistake." in raised.value.message
