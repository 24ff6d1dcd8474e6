"""What could not be read is counted and listed."""

from __future__ import annotations

from proveout.intake import Reject
from proveout.intake.rejects import JoinedRejects, ListedRejects


def reject(line: int, reason: str, file: str = "a.csv") -> Reject:
    return Reject(file=file, line=line, column=None, reason=reason, message="Why.", raw="x")


def test_rejects_of_several_files_count_together() -> None:
    """The count is exact however many are listed, and the order is that of the files."""
    first, second, third = reject(1, "quoting"), reject(7, "encoding"), reject(2, "quoting", "b")
    rejects = JoinedRejects((ListedRejects((first, second)), ListedRejects((third,))))

    assert rejects.count == 3
    assert rejects.by_reason() == {"quoting": 2, "encoding": 1}
    assert rejects.examples(2) == [first, second]
    assert rejects.examples(5, reason="quoting") == [first, third]
