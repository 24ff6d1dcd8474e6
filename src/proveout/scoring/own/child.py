"""The process that a user's scorer runs in: a program by itself, which imports nothing of ours."""

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any


def main(reference: str, asked: str, scored: str) -> None:
    """Score the pairs in one file, a line each, into another."""
    pairs = [json.loads(line) for line in Path(asked).read_text(encoding="utf-8").split("\n")]
    function, trouble = None, ""
    try:
        function = _load(reference)
    except BaseException as error:  # noqa: BLE001  # the user's code may do anything
        trouble = _said(error)
    with Path(scored).open("w", encoding="utf-8") as lines:
        for answer, truth in pairs:
            told = {"error": trouble} if function is None else _score(function, answer, truth)
            lines.write(json.dumps(told) + "\n")
            lines.flush()


def _score(function: Any, answer: str, truth: str) -> dict[str, Any]:
    try:
        score = function(answer, truth)
        if hasattr(score, "item"):
            score = score.item()
        if isinstance(score, bool | int | float) and 0 <= score <= 1:
            return {"score": score}
        return {"shown": repr(score)[:80]}
    except BaseException as error:  # noqa: BLE001  # a finding, not an accident of ours
        return {"error": _said(error)}


def _load(reference: str) -> Any:
    place, _, name = reference.rpartition(":")
    sys.path.insert(0, str(Path.cwd()))
    if place.endswith(".py"):
        file = Path(place).resolve()
        sys.path.insert(0, str(file.parent))
        name_of_module = file.stem if file.stem not in sys.modules else f"_scorer_{file.stem}"
        spec = importlib.util.spec_from_file_location(name_of_module, file)
        if spec is None or spec.loader is None:
            raise ImportError(place)
        found: Any = importlib.util.module_from_spec(spec)
        sys.modules[name_of_module] = found
        spec.loader.exec_module(found)
    else:
        found = importlib.import_module(place)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


if __name__ == "__main__":
    main(*sys.argv[1:4])
