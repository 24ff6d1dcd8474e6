"""Since when a system is in use, by its log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from proveout.intake.session import Session
from proveout.runtime.log.table import open_log
from proveout.runtime.monitors.served import LogPlace

if TYPE_CHECKING:
    import ibis.expr.types as ir


def first_request(place: LogPlace, session: Session) -> datetime | None:
    """Return when the first request came that the log knows of; None where it is empty."""
    return _moment(_everything(place, session).at.min())


def begin_of_last(place: LogPlace, session: Session, requests: int) -> datetime | None:
    """Return when the last so many requests began to come; None where there are fewer."""
    table = _everything(place, session)
    newest = table.order_by(table.at.desc()).limit(1, offset=requests - 1)
    return _moment(newest.at.min())


def _everything(place: LogPlace, session: Session) -> ir.Table:
    return open_log(place.folder, place.pilot, session=session, archive=place.archive).table


def _moment(expression: Any) -> datetime | None:
    import pandas as pd

    found = expression.execute()
    return None if pd.isna(found) else pd.Timestamp(found).to_pydatetime().astimezone(UTC)
