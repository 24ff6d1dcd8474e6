"""Settings that a person writes, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from proveout.errors import InputError
from proveout.simulation.settings import read_settings


def refused(tmp_path: Path, text: str, **options: object) -> str:
    """Return what is said of a file, without its name."""
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(InputError) as found:
        read_settings(file, dict(options))
    return found.value.message.removeprefix(str(file))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Every mistake at once, each with its line.
        (
            "slots: 4\n\nqueue: -1\nshape: odd\nservise: 1\n",
            ": these settings of the simulator cannot be used.\n"
            "  line 3: queue is -1: Input should be greater than or equal to 0\n"
            "  line 4: shape is 'odd': Input should be 'constant', 'exponential', 'lognormal', "
            "'gamma' or 'uniform'\n"
            "  line 5: servise is not a setting; 'service' is meant?",
        ),
        (
            "answers:\n  path: a.csv\n  colour: red\n",
            ": these settings of the simulator cannot be used.\n"
            "  line 3: answers.colour is not a setting",
        ),
        # What is missing stands where it would belong.
        (
            "slots: 1\nanswers:\n  key: id\n",
            ": these settings of the simulator cannot be used.\n  line 2: answers.path is missing",
        ),
        # No YAML, or nothing that has names.
        (
            "slots: 4\nslots: 5\n",
            " cannot be read.\n"
            "  line 2: The key 'slots' is given twice; it stands on line 1 already.",
        ),
        ("- 4\n", " cannot be read.\n  line 1: The file holds a list where keys are expected."),
    ],
)
def test_a_file_with_mistakes_is_refused_line_by_line(tmp_path: Path, text: str, said: str) -> None:
    """What is wrong, where, and what may be meant."""
    assert refused(tmp_path, text) == said


def test_an_option_that_is_wrong_has_no_line(tmp_path: Path) -> None:
    """It goes before the file, which may be right."""
    assert refused(tmp_path, "error_rate: 0.1\n", error_rate=2.0) == (
        ": these settings of the simulator cannot be used.\n"
        "  error_rate is 2.0: Input should be less than or equal to 1"
    )


def test_answers_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    """In short the path alone."""
    for text in ("answers: a.csv", "answers: {path: a.csv}"):
        (tmp_path / "s.yaml").write_text(text)

        found = read_settings(tmp_path / "s.yaml", {})

        assert found.answers is not None
        assert found.answers.path == tmp_path / "a.csv"
