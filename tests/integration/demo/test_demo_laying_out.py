"""The demo starts from the example as it ships."""

from __future__ import annotations

from pathlib import Path

from proveout.demo import copy_example


def test_what_was_made_beside_the_example_is_left_there(tmp_path: Path) -> None:
    """Who has tried the example in its own folder still gets a demo with data and a model."""
    example, folder = tmp_path / "flights", tmp_path / "demo"
    (example / "data").mkdir(parents=True)
    folder.mkdir()
    for name in ("pilot.yaml", "train.py", "model.joblib", "data/pilot.csv"):
        (example / name).write_text(name, encoding="utf-8")

    copy_example(example, folder)

    assert sorted(path.name for path in folder.iterdir()) == ["pilot.yaml", "train.py"]
