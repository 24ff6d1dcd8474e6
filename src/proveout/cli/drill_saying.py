"""Taking part in a drill from another terminal, and ending one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from proveout.cli.output import Output
from proveout.cli.paths import CHARTER_FILE, CharterOption, JsonOption, WhoOption, state_folder
from proveout.errors import InputError


def ack(
    who: WhoOption,
    *,
    note: Annotated[str, typer.Option(help="What was seen.")] = "",
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Say that something is wrong, as soon as you notice it."""
    return _say(charter, {"do": "ack", "who": who, "text": note}, as_json=as_json)


def act(
    what: Annotated[str, typer.Argument(help="What is being done.")],
    who: WhoOption,
    *,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="From now on the work is done by hand.")
    ] = False,
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Say what is being done about it."""
    message = {"do": "act", "who": who, "text": what, "by_hand": by_hand}
    return _say(charter, message, as_json=as_json)


def step(
    number: Annotated[int, typer.Argument(help="Number of the step, as 'drill status' lists it.")],
    who: WhoOption,
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Mark a step of the runbook as done."""
    return _say(charter, {"do": "step", "who": who, "step": number}, as_json=as_json)


def vendor(
    why: Annotated[str, typer.Argument(help="What for.")],
    who: WhoOption,
    *,
    charter: CharterOption = Path(CHARTER_FILE),
    as_json: JsonOption = False,
) -> int:
    """Say that the vendor was needed."""
    return _say(charter, {"do": "vendor", "who": who, "text": why}, as_json=as_json)


def status(charter: CharterOption = Path(CHARTER_FILE), *, as_json: JsonOption = False) -> int:
    """Show what a monitor would show, and what has been done; not what is injected."""
    from proveout.checks.drill.judging import words_of
    from proveout.checks.drill.planning import drill_folder
    from proveout.checks.drill.state import say

    found = say(drill_folder(state_folder(charter)), {"do": "status"})["status"]
    lines = [
        f"{found['scenario']}, {found['clock']}: {words_of(found['elapsed_s'])} gone, "
        f"{words_of(found['left_s'])} left",
        f"Of the last {found['recent_requests']} requests {found['recently_served']} were served.",
        *(f"  trouble: {each}" for each in found["recent_troubles"]),
        *(f"Acknowledged by {e['who']} after {words_of(e['at_s'])}" for e in found["acknowledged"]),
        *(
            f"{'done' if number in found['steps_done'] else 'open'}  {number}. {text}"
            for number, text in enumerate(found["steps"], 1)
        ),
    ]
    Output(as_json=as_json).show(Text("\n".join(lines)), {"status": found})
    return 0


def stop(charter: CharterOption = Path(CHARTER_FILE), *, as_json: JsonOption = False) -> int:
    """Break off the drill that is being held, or stop a proxy that was left behind."""
    from proveout.checks.drill.planning import drill_folder
    from proveout.checks.drill.state import remove_sockets, tell
    from proveout.faults.supervised import stop_left_behind

    output = Output(as_json=as_json)
    folder = drill_folder(state_folder(charter))
    there = folder.read()
    if there is not None:
        answer = tell(there, {"do": "stop"})
        if answer is not None:
            output.show(Text(str(answer["message"])), {"stopped": "drill"})
            return 0
        was_passing = stop_left_behind(there.proxy_door)
        folder.forget()
        remove_sockets(there.sockets)
        if was_passing:
            output.show(
                Text(f"The proxy on {there.listen} is gone; no drill was being held any more."),
                {"stopped": "proxy"},
            )
            return 0
    raise InputError("No drill is being held here.", hint="Hold one: proveout drill run weekend")


def _say(charter: Path, message: dict[str, Any], *, as_json: bool) -> int:
    from proveout.checks.drill.planning import drill_folder
    from proveout.checks.drill.state import say

    answer = say(drill_folder(state_folder(charter)), message)
    Output(as_json=as_json).show(Text(str(answer["message"])), {"message": answer["message"]})
    return 0
