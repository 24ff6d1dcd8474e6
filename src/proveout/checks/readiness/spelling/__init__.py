"""Near-identical spellings: categories that are another, more frequent one, written differently."""

from proveout.checks.readiness.spelling.variants import (
    MOST_DISTINCT,
    Variant,
    VariantReport,
    Why,
    find_variants,
)

__all__ = ["MOST_DISTINCT", "Variant", "VariantReport", "Why", "find_variants"]
