"""What is known of a drill outside its process: one small file that only its owner can read."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from proveout.errors import InputError

SOCKETS_PREFIX = "proveout-"
"""How the name of every folder for a drill's sockets begins."""

_ANSWER_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a drill that is being held can be reached, and its proxy."""

    pid: int
    scenario: str
    began_at: str
    listen: str
    """Where clients of the system reach the proxy."""
    sockets: str
    """Folder of the two Unix sockets; short, because a socket's path may have 107 characters."""
    timeline: str

    @property
    def began(self) -> str:
        """When it began, to the minute."""
        return self.began_at[:16]

    @property
    def control(self) -> Path:
        """Takes what people say."""
        return Path(self.sockets) / "drill.sock"

    @property
    def proxy_door(self) -> Path:
        """Stops the proxy."""
        return Path(self.sockets) / "proxy.sock"


class DrillFolder:
    """`.proveout/drill` beside the charter."""

    def __init__(self, state_folder: Path) -> None:
        self.path = state_folder / "drill"
        self._file = self.path / "state.json"

    def prepare(self) -> None:
        """Make it, for its owner alone. Raises InputError where it is a link to elsewhere."""
        if self.path.is_symlink():
            raise InputError(
                f"{self.path} is a link to another place, and a drill writes to no other place.",
                hint=f"Remove it: rm {self.path}",
            )
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)

    @contextlib.contextmanager
    def alone(self) -> Iterator[DrillFolder]:
        """See that no other drill is held here meanwhile. Raises InputError where one is.

        The lock is the kernel's: it is gone with whoever holds it, however they went.
        """
        import fcntl  # not on Windows, where no drill can be held

        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                there = self.read()
                which = "" if there is None else f": {there.scenario}, begun {there.began} UTC"
                raise InputError(
                    f"A drill is being held here already{which}.",
                    hint="Stop it: proveout drill stop",
                ) from None
            yield self
        finally:
            os.close(handle)

    def write(self, whereabouts: Whereabouts) -> None:
        """Write where the drill is; readable by the owner alone, whole or not at all."""
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle, not a path
            json.dump(asdict(whereabouts), file)
        new.replace(self._file)

    def read(self) -> Whereabouts | None:
        """Return where the drill is, or was; None where there is none, or it is not of a drill.

        A folder that came from elsewhere may hold such a file as well. It must not make us remove
        sockets of others, or talk to them.
        """
        try:
            found = Whereabouts(**json.loads(self._file.read_text("utf-8")))
            is_of_a_drill = _is_of_a_drill(Path(found.sockets))
        except (OSError, ValueError, TypeError):
            return None
        return found if is_of_a_drill else None

    def forget(self) -> None:
        """Remove what was written, and the sockets."""
        found = self.read()
        self._file.unlink(missing_ok=True)
        if found is not None:
            found.control.unlink(missing_ok=True)
            found.proxy_door.unlink(missing_ok=True)

    def broken_off(self) -> int:
        """Count the drills since the last whole one that were stopped or killed."""
        count = 0
        for file in sorted(self.path.glob("drill-*.jsonl"), reverse=True):
            if _ended_whole(file):
                break
            count += 1
        return count


def tell(whereabouts: Whereabouts, message: dict[str, Any]) -> dict[str, Any] | None:
    """Send a message to the drill that is being held; None where nobody holds it any more."""
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.settimeout(_ANSWER_WITHIN_S)
            line.connect(str(whereabouts.control))
            line.sendall(json.dumps(message).encode() + b"\n")
            received = b"".join(iter(lambda: line.recv(65536), b""))
            found: dict[str, Any] = json.loads(received)
        except (OSError, ValueError):
            return None
    return found


def say(folder: DrillFolder, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message and return the answer. Raises InputError where none is held, or it refuses."""
    whereabouts = folder.read()
    answer = None if whereabouts is None else tell(whereabouts, message)
    if answer is None:
        raise InputError(
            "No drill is being held here.", hint="Hold one: proveout drill run weekend"
        )
    if not answer["ok"]:
        raise InputError(answer["message"], hint=answer.get("hint"))
    return answer


def remove_sockets(folder: str) -> None:
    """Remove the folder of the two sockets, once nobody needs it."""
    for name in ("proxy.log", "drill.sock", "proxy.sock"):
        (Path(folder) / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        Path(folder).rmdir()


def _is_of_a_drill(sockets: Path) -> bool:
    """Tell whether a folder is one that a drill of this user makes for its sockets, or is gone."""
    if not sockets.name.startswith(SOCKETS_PREFIX):
        return False
    try:
        known = sockets.lstat()
    except FileNotFoundError:
        return True
    is_private = stat.S_ISDIR(known.st_mode) and not known.st_mode & 0o077
    return is_private and known.st_uid == os.geteuid()


def _ended_whole(file: Path) -> bool:
    # One that was killed, or whose disk was full, may end in the middle of a line or character.
    lines = file.read_text("utf-8", "replace").splitlines()
    try:
        last = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return False
    return isinstance(last, dict) and (last.get("event"), last.get("how")) == ("end", "finished")
