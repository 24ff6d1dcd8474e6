"""Which prediction log a command means, and which span of it: options that its commands share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from proveout.cli.paths import CHARTER_FILE
from proveout.errors import InputError

LogOption = Annotated[
    Path | None,
    typer.Option("--log", help="Folder of the log, where there is no charter.", metavar="FOLDER"),
]
PilotOption = Annotated[
    str | None, typer.Option("--pilot", help="Whose log, where a folder holds several.")
]
ArchiveOption = Annotated[
    str | None,
    typer.Option(
        "--archive",
        help="Folder or URL of the archive. Default: gateway.log.archive, or below the log.",
        metavar="PLACE",
    ),
]
CharterArgument = Annotated[
    Path | None,
    typer.Argument(help=f"The charter. Default: {CHARTER_FILE}", metavar="[PILOT.YAML]"),
]
SinceOption = Annotated[
    str | None,
    typer.Option(help="From then on: 2026-11-20, 2026-11-20T08:00, or 90m, 24h, 7d ago."),
]
UntilOption = Annotated[str | None, typer.Option(help="Until before then; written as --since.")]

_AGO = re.compile(r"(\d+)\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """One pilot's log."""

    folder: Path
    pilot: str
    archive: str | None
    retention_days: int | None = None

    def options(self) -> str:
        """Return what the next command must be given to find it."""
        return f"--log {self.folder} --pilot {self.pilot}"


def place_of(
    charter: Path | None, log: Path | None, pilot: str | None, archive: str | None
) -> LogPlace:
    """Find the log that is meant. Raises InputError where there is none, CharterError."""
    if log is None:
        place = _of_charter(Path(CHARTER_FILE) if charter is None else charter, archive)
        if pilot not in (None, place.pilot):
            raise InputError(
                f"The charter is of the pilot '{place.pilot}', and --pilot says '{pilot}'.",
                hint="Name the folder of the log instead: --log FOLDER",
            )
    else:
        place = LogPlace(folder=log, pilot=_pilot_in(log, pilot), archive=archive)
    if not place.folder.is_dir() and place.archive is None:
        raise InputError(
            f"There is no prediction log in {place.folder} yet.",
            hint="It is made when a gateway starts: proveout gateway pilot.yaml. "
            "If it stands elsewhere, name it with --log.",
        )
    return place


def moment_of(text: str | None, option: str, *, now: datetime | None = None) -> datetime | None:
    """Read a moment as it is typed: a day, a time (UTC where no zone is said), or how long ago.

    Raises InputError.
    """
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            long = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            return (datetime.now(UTC) if now is None else now) - long
        found = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise InputError(
            f"{option} is '{text}', which is no moment.",
            hint=f"Write a day, a time, or how long ago: {option} 2026-11-20, "
            f"{option} 2026-11-20T08:00, {option} 24h",
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def span_of(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Read both ends of a span. Raises InputError, also for one that ends before it begins."""
    begins, ends = moment_of(since, "--since"), moment_of(until, "--until")
    if begins is not None and ends is not None and ends <= begins:
        raise InputError(
            f"The span ends ({until}) before it begins ({since}).",
            hint="Give a --since before --until.",
        )
    return begins, ends


def _of_charter(charter: Path, archive: str | None) -> LogPlace:
    from proveout.charter.loading import load_charter
    from proveout.runtime.places import log_of

    if not charter.exists() and charter == Path(CHARTER_FILE):
        raise InputError(
            f"There is no {CHARTER_FILE} here, and no --log was given.",
            hint="Name the charter or the folder of the log: proveout log count --log FOLDER",
        )
    loaded = load_charter(charter)
    folder, kept = log_of(loaded.charter, loaded.folder)
    gateway = loaded.charter.gateway
    return LogPlace(
        folder=folder,
        pilot=loaded.charter.pilot,
        archive=kept if archive is None else archive,
        retention_days=None if gateway is None else gateway.log.retention_days,
    )


def _pilot_in(folder: Path, pilot: str | None) -> str:
    from proveout.runtime.log.places import pilots

    if pilot is not None:
        return pilot
    found = pilots(folder)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(
            f"There is no prediction log in {folder}.",
            hint="Name the folder that the gateway was given: --log FOLDER",
        )
    raise InputError(
        f"{folder} holds the logs of {len(found)} pilots: {', '.join(found)}.",
        hint=f"Say whose is meant: --pilot {found[0]}",
    )
