"""What all tables are filed under."""

from __future__ import annotations

from sqlalchemy import MetaData

METADATA = MetaData()
