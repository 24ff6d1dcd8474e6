"""Calling people: by the company's own channels, off until one is given, never in anybody's way."""

from proveout.notices.channels import Channels
from proveout.notices.notice import Notice, Severity
from proveout.notices.telling import Notices, Standing, open_notices

__all__ = ["Channels", "Notice", "Notices", "Severity", "Standing", "open_notices"]
