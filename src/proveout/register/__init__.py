"""What people did for a pilot: signed, accepted, reviewed, were trained. Kept in the ledger.

An act is an entry of the ledger; the register is what all acts of a pilot come to, and the facts
that follow from it are recorded with the act, in one append: nothing is half done.
"""

from proveout.register.act import Act, Fact, Section
from proveout.register.recording import Known, Recorded, record
from proveout.register.refreshing import refresh
from proveout.register.register import Register, register_of

__all__ = [
    "Act",
    "Fact",
    "Known",
    "Recorded",
    "Register",
    "Section",
    "record",
    "refresh",
    "register_of",
]
