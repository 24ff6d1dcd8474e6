"""What a drill leaves in its folder, and what it takes from there."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from proveout.checks.drill.state import DrillFolder, Whereabouts
from proveout.checks.drill.timeline import Timeline, timeline
from proveout.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> DrillFolder:
    """A charter's folder for drills."""
    made = DrillFolder(tmp_path / ".proveout")
    made.prepare()
    return made


def whereabouts(sockets: Path) -> Whereabouts:
    return Whereabouts(
        pid=1, scenario="weekend", began_at="2026-05-01T10:00:00+00:00", listen="127.0.0.1:8601",
        sockets=str(sockets), timeline="drill.jsonl",
    )  # fmt: skip


def own_sockets(tmp_path: Path) -> Path:
    made = tmp_path / "proveout-x1"
    made.mkdir(mode=0o700)
    return made


def test_two_drills_at_once_are_refused(folder: DrillFolder, tmp_path: Path) -> None:
    """The second is told of the first; which ports they listen on is of no matter."""
    with folder.alone():
        folder.write(whereabouts(own_sockets(tmp_path)))
        with pytest.raises(InputError) as refused, DrillFolder(tmp_path / ".proveout").alone():
            pass

    assert refused.value.message == (
        "A drill is being held here already: weekend, begun 2026-05-01T10:00 UTC."
    )
    with folder.alone():  # and afterwards there may be another
        pass


def test_a_drill_that_is_killed_leaves_no_lock(folder: DrillFolder, tmp_path: Path) -> None:
    """kill -9 leaves no time to tidy up."""
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from proveout.checks.drill.state import DrillFolder\n"
        "with DrillFolder(Path(sys.argv[1])).alone(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / ".proveout")], check=False)

    assert (folder.path / "lock").exists()
    with folder.alone():
        pass


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    """A project that came from others may hold a link; nothing behind it is touched."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (tmp_path / "drill").symlink_to(elsewhere)

    with pytest.raises(InputError) as refused:
        DrillFolder(tmp_path).prepare()

    assert str(refused.value) == (
        f"{tmp_path / 'drill'} is a link to another place, and a drill writes to no other place.\n"
        f"Remove it: rm {tmp_path / 'drill'}"
    )
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755


def test_what_is_written_goes_through_no_link(folder: DrillFolder, tmp_path: Path) -> None:
    """Neither is what the link leads to lost, nor can others read what is written."""
    precious = tmp_path / "precious"
    precious.write_text("kept")
    for name in ("state.json", "state.new"):
        (folder.path / name).symlink_to(precious)

    folder.write(whereabouts(own_sockets(tmp_path)))

    assert precious.read_text() == "kept"
    assert stat.S_IMODE((folder.path / "state.json").lstat().st_mode) == 0o600
    assert folder.read() == whereabouts(tmp_path / "proveout-x1")


@pytest.mark.parametrize(
    ("name", "mode"), [("others", 0o700), ("proveout-open", 0o755)], ids=["name", "mode"]
)
def test_sockets_that_are_no_drills_are_left_alone(
    folder: DrillFolder, tmp_path: Path, name: str, mode: int
) -> None:
    """A state that came with somebody's project must not make us remove files of others."""
    sockets = tmp_path / name
    sockets.mkdir()
    sockets.chmod(mode)
    (sockets / "proxy.sock").touch()
    folder.write(whereabouts(sockets))

    assert folder.read() is None
    folder.forget()
    assert (sockets / "proxy.sock").exists()


def test_a_timeline_that_breaks_off_anywhere_is_a_drill_that_broke_off(
    folder: DrillFolder,
) -> None:
    """In the middle of a character, even: the next drill counts it, and goes on."""
    whole = json.dumps({"event": "end", "how": "finished"})
    (folder.path / "drill-1.jsonl").write_text(whole + "\n")
    (folder.path / "drill-2.jsonl").write_bytes('{"event": "said", "who": "Zoë'.encode()[:-1])
    (folder.path / "drill-3.jsonl").write_text("7\n")

    assert folder.broken_off() == 2


def test_a_timeline_is_its_owners_alone_and_never_another_file(tmp_path: Path) -> None:
    """Made anew, or not at all."""
    file = tmp_path / "drill-1.jsonl"
    with timeline(file, pytest.fail) as written:
        written.note({"event": "begin"})

    assert file.read_text() == '{"event": "begin"}\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError), timeline(file, pytest.fail):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_told_and_raises_nothing() -> None:
    """Whoever holds the drill ends it in order, with every fault off."""
    told: list[str] = []
    handle = os.open("/dev/full", os.O_WRONLY)
    try:
        Timeline(handle, told.append).note({"event": "begin"})
    finally:
        os.close(handle)

    assert told == ["the timeline could not be written (No space left on device)"]
