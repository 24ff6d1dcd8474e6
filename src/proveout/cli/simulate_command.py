"""`proveout simulate`: a stand-in for the system, to rehearse everything without a vendor."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from proveout.cli.app import INTERRUPTED
from proveout.cli.output import Output

if TYPE_CHECKING:
    from proveout.simulation.running import Simulator


class ShapeName(StrEnum):
    """Distributions of service times."""

    constant = "constant"
    exponential = "exponential"
    lognormal = "lognormal"
    gamma = "gamma"
    uniform = "uniform"


def register(app: typer.Typer) -> None:
    """Add the command."""
    epilog = "Example: proveout simulate --slots 8 --service 0.5 --answers truth.csv"
    app.command("simulate", epilog=epilog)(command)


def command(
    *,
    config: Annotated[
        Path | None,
        typer.Option(help="File of settings (YAML), named like these options; options win."),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="0: any that is free. Default: 8600.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Where it listens. Default: 127.0.0.1, this machine only.")
    ] = None,
    slots: Annotated[
        int | None, typer.Option(min=1, help="Requests worked on at a time. Default: 8.")
    ] = None,
    queue: Annotated[
        int | None,
        typer.Option(min=0, help="Requests that may wait, else HTTP 503. Default: no limit."),
    ] = None,
    service: Annotated[
        float | None, typer.Option(min=0, help="Mean seconds of work on one. Default: 0.5.")
    ] = None,
    shape: Annotated[
        ShapeName | None, typer.Option(help="Distribution of these times. Default: lognormal.")
    ] = None,
    cv: Annotated[
        float | None, typer.Option(min=0, help="Their standard deviation over mean. Default: 0.5.")
    ] = None,
    contention: Annotated[
        float | None, typer.Option(min=0, help="How much busy slots slow each other. Default: 0.")
    ] = None,
    crosstalk: Annotated[
        float | None, typer.Option(min=0, help="The same, growing with pairs. Default: 0.")
    ] = None,
    rate_limit: Annotated[
        float | None, typer.Option(help="Requests a minute, else HTTP 429. Default: no limit.")
    ] = None,
    tokens: Annotated[
        float | None, typer.Option(help="Mean tokens of an answer. Default: 120.")
    ] = None,
    tokens_per_s: Annotated[
        float | None, typer.Option(help="Tokens a second. Default: as the service time says.")
    ] = None,
    error_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share answered with HTTP 500. Default: 0.")
    ] = None,
    refusal_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share declined in words. Default: 0.")
    ] = None,
    malformed_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share not in the form. Default: 0.")
    ] = None,
    wrong_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share answered wrong. Default: 0.1.")
    ] = None,
    calibration: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="1: honest confidence; 0: always sure. Default: 1."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="CSV or JSON Lines: a column of texts, and the right answers to them."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of everything that is drawn. Default: 0.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: when ready, and at the end.")
    ] = False,
) -> int:
    """Serve a simulated AI system, to rehearse every test without a vendor.

    It speaks the OpenAI chat protocol, Open Inference v2, MLflow and plain JSON. It says of itself
    that it is simulated, and nothing found through it counts as measured.

    Stop it with Ctrl-C. Exit code 130: stopped so; what it served has been told.
    """
    from proveout.simulation.running import Simulator
    from proveout.simulation.settings import read_settings, responder_of

    given = {
        "port": port,
        "host": host,
        "slots": slots,
        "queue": queue,
        "service": service,
        "shape": None if shape is None else shape.value,
        "cv": cv,
        "contention": contention,
        "crosstalk": crosstalk,
        "rate_limit": rate_limit,
        "tokens": tokens,
        "tokens_per_s": tokens_per_s,
        "error_rate": error_rate,
        "refusal_rate": refusal_rate,
        "malformed_rate": malformed_rate,
        "wrong_rate": wrong_rate,
        "calibration": calibration,
        "answers": None if answers is None else {"path": answers},
        "seed": seed,
    }
    output = Output(as_json=as_json)
    settings = read_settings(config, given)
    simulator = Simulator(
        settings.behaviour, responder_of(settings), host=settings.host, port=settings.port
    )
    _say_ready(output, simulator)
    stopped_by = simulator.serve()
    _say_counts(output, simulator)
    return INTERRUPTED if stopped_by == signal.SIGINT else 0


def _say_ready(output: Output, simulator: Simulator) -> None:
    url = simulator.url
    if output.as_json:
        _line(output, {"ok": True, "event": "ready", "url": url, "chat": f"{url}/v1"})
        return
    output.lines([f"Simulated system ready: {url}"])
    output.say(f"  chat: url: {url}/v1, model: simulated  (any key will do)")
    output.say(f"  open_inference: url: {url}, model: simulated")
    output.say(f"  http: {url}   mlflow: {url}")
    output.say("Nothing found through it counts as measured. Stop with Ctrl-C.")


def _say_counts(output: Output, simulator: Simulator) -> None:
    counts = asdict(simulator.app.counts)
    if output.as_json:
        _line(output, {"ok": True, "event": "stopped", "counts": counts})
        return
    told = [f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items() if n]
    output.lines(["Served: " + (", ".join(told) or "nothing")])


def _line(output: Output, plain: dict[str, Any]) -> None:
    output.lines([json.dumps(plain)])
