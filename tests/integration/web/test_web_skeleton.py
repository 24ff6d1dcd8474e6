"""Pages, the same as JSON, and who is let in."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.dashboard import NOBODY, OWNER, PILOT, STRANGER, dashboard


def test_a_page_is_html_and_the_same_as_json(tmp_path: Path) -> None:
    with dashboard(tmp_path, viewer=OWNER) as board:
        page = board.get("/")
        assert page.status_code == 200
        assert "Read suppliers" in page.text
        assert [each["pilot"] for each in board.get("/api/portfolio").json()["pilots"]] == [PILOT]


@pytest.mark.parametrize(("viewer", "status"), [(NOBODY, 401), (STRANGER, 200)])
def test_who_is_not_signed_in_is_told_to(tmp_path: Path, viewer: object, status: int) -> None:
    with dashboard(tmp_path, viewer=viewer) as board:  # type: ignore[arg-type]
        page = board.get("/")
        assert page.status_code == status
        assert PILOT not in page.text
