"""The prediction log: every request and answer, before the answer is released.

Written by `Writer` (one per process and pilot); ended by `recover` after a crash; archived by
`compact`; read by `read_records`, `find`, `count`, and as a lazy table by `table.open_log`.
"""

from proveout.runtime.log.finding import find
from proveout.runtime.log.payload import bytes_of, hash_of, text_of
from proveout.runtime.log.places import new_owner
from proveout.runtime.log.reading import count, read_records
from proveout.runtime.log.recovery import Recovered, recover
from proveout.runtime.log.tail import owner_lives
from proveout.runtime.log.writer import Writer

__all__ = [
    "Recovered",
    "Writer",
    "bytes_of",
    "count",
    "find",
    "hash_of",
    "new_owner",
    "owner_lives",
    "read_records",
    "recover",
    "text_of",
]
