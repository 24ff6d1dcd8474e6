"""Ask the user's function for scores, and bear with whatever it does instead."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from proveout.errors import InputError
from proveout.scoring.comparing import Compared
from proveout.scoring.values import as_text

CHILD = Path(__file__).with_name("child.py")
PATIENCE_S = 60.0
"""So long without a further score, loading included, and the function counts as hanging."""


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """'score.py:function', relative to the charter's folder; takes answer and truth as text."""

    callable: str
    folder: Path
    patience_s: float = PATIENCE_S

    def __post_init__(self) -> None:
        """Raise InputError where the file is not there."""
        place = self.callable.rpartition(":")[0]
        if place.endswith(".py") and not (self.folder / place).is_file():
            raise InputError(
                f"system.scoring: there is no file '{place}' in {self.folder.resolve()}.",
                hint="Write it as 'path/to/score.py:function', from the charter's folder.",
            )

    def compare(self, truths: Sequence[Any], answers: Sequence[Any]) -> Compared:
        """Score all pairs, each different one once. What fails is NaN, with the first reason."""
        pairs = [(as_text(a), as_text(t)) for a, t in zip(answers, truths, strict=True)]
        different = list(dict.fromkeys(pairs))
        if not different:
            return Compared(score=np.zeros(0))
        lines, ended = self._run(different)
        scores: dict[tuple[str, str], float] = {}
        troubles = []
        for pair, line in zip(different, lines, strict=False):
            score = _as_score(line.get("score"))
            scores[pair] = math.nan if score is None else score
            if score is None:
                troubles.append(line.get("error") or _no_score(line.get("shown")))
        if len(lines) < len(different):
            troubles.append(ended or "it gave fewer scores than it was asked for")
        found = np.array([scores.get(pair, math.nan) for pair in pairs])
        missing = int(np.isnan(found).sum())
        if not missing:
            return Compared(score=found)
        trouble = f"{self.callable} gave no score for {missing:,} of {len(pairs):,} answers"
        return Compared(score=found, trouble=f"{trouble}: {troubles[0]}")

    def _run(self, pairs: list[tuple[str, str]]) -> tuple[list[dict[str, Any]], str | None]:
        """Return a line per pair as far as it came, and how it ended if not at its end."""
        # Files instead of pipes: nothing can stand still because nobody reads, and what was
        # scored before a crash is kept.
        with tempfile.TemporaryDirectory(prefix="proveout-") as scratch:
            asked, scored = Path(scratch, "asked"), Path(scratch, "scored")
            asked.write_text("\n".join(json.dumps(pair) for pair in pairs), encoding="utf-8")
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", str(CHILD), self.callable, str(asked), str(scored)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                ended = self._wait(process, scored)
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            return _read_lines(scored), ended

    def _wait(self, process: subprocess.Popen[bytes], scored: Path) -> str | None:
        """Wait for as long as scores keep coming; return how it ended if not at its end."""
        had, since = -1, time.monotonic()
        while True:
            try:
                code = process.wait(min(0.5, self.patience_s))
            except subprocess.TimeoutExpired:
                has = scored.stat().st_size if scored.is_file() else -1
                if has != had:
                    had, since = has, time.monotonic()
                elif time.monotonic() - since > self.patience_s:
                    return f"it gave no score within {self.patience_s:,.0f} s"
            else:
                return f"its process ended by itself ({_ending(code)})" if code else None


def _read_lines(file: Path) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    lines: list[dict[str, Any]] = []
    for line in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        with suppress(ValueError):  # the last one may be cut off
            lines.append(json.loads(line))
    return lines


def _as_score(value: Any) -> float | None:
    is_number = isinstance(value, bool | int | float)
    return float(value) if is_number and 0 <= value <= 1 else None


def _no_score(shown: str | None) -> str:
    return f"it returned {shown or 'nothing'}, which is neither yes or no nor a number from 0 to 1"


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
