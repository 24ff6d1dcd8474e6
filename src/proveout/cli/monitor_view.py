"""What a monitor's look brought beside the verdict: alarms, switches, what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from proveout.cli.output import Output

if TYPE_CHECKING:
    from proveout.evidence.alarm import Alarm
    from proveout.runtime.monitors.watching import Watched


def plain(watched: Watched) -> dict[str, Any]:
    """Return it in plain JSON."""
    switched = watched.acted.switched
    return {
        "window": {
            "begins": watched.window.begins.isoformat(),
            "ends": watched.window.ends.isoformat(),
        },
        "requests": watched.requests,
        "alarms": {
            "raised": [each.as_dict() for each in watched.raised],
            "standing": [each.as_dict() for each in watched.standing],
        },
        "switched": None if switched is None else switched.said.why,
        "told": list(watched.acted.told),
        "due": [each.sentence for each in watched.due],
        "notes": list(watched.notes),
    }


def say_what_came(output: Output, watched: Watched) -> None:
    """Narrate: what is new and was done first, then what stands, then what people promised."""
    begins, ends, n = watched.window.begins, watched.window.ends, watched.requests
    requests = "1 request" if n == 1 else f"{n:,} requests"
    span = f"from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"
    output.say(Text(f"Looked at {requests} {span}."))
    for alarm in watched.raised:
        output.say(alarm_line(alarm, is_new=True))
    for told in watched.told:
        output.say(Text(told, style="bold"))
    new = {each.id for each in watched.raised}
    for alarm in watched.standing:
        if alarm.id not in new:
            output.say(alarm_line(alarm))
    for note in watched.notes:
        output.say(Text(f"Not looked at: {note}", style="yellow"))
    for each in watched.due:
        output.say(Text(each.sentence, style="yellow" if each.days_over > 0 else ""))


def alarm_line(alarm: Alarm, *, is_new: bool = False) -> Text:
    """Return one alarm as a line."""
    word = "Alarm" if is_new else "Still open"
    # Most alarms end with who acts; they are also sent to people as they stand.
    is_told = alarm.what.endswith(f"{alarm.who_acts} acts.")
    return Text.assemble(
        (f"{word} {alarm.id}: ", "bold red" if is_new else "red"),
        alarm.what if is_told else f"{alarm.what} Who acts: {alarm.who_acts}.",
    )
