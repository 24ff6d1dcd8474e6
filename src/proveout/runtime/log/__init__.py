"""The prediction log: every request and answer, before the answer is released."""

from proveout.runtime.log.payload import bytes_of, hash_of, text_of
from proveout.runtime.log.places import new_owner
from proveout.runtime.log.writer import Writer

__all__ = ["Writer", "bytes_of", "hash_of", "new_owner", "text_of"]
