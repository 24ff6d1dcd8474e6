"""Tables of database servers and warehouses, worked on where they are."""

from proveout.intake.databases.engines import ENGINES, FILE_SCHEMES, Engine, engine_of
from proveout.intake.databases.reading import DatabaseTable, is_database, read_database
from proveout.intake.databases.url import scheme_of, stem_of, without_password

__all__ = [
    "ENGINES", "FILE_SCHEMES", "DatabaseTable", "Engine", "engine_of", "is_database",
    "read_database", "scheme_of", "stem_of", "without_password",
]  # fmt: skip
