"""What `proveout load` says where nothing could be measured."""

from proveout.checks.load.breaking import Limits
from proveout.cli.load_view import sentence

LIMITS = Limits(p95_s=10)


def test_a_service_that_turns_everything_down_is_no_want_of_time() -> None:
    """Measuring longer does not help against a wrong address."""
    assert sentence(None, (), LIMITS, "HTTP 404 (56 requests)") == (
        "Nothing was measured, because requests failed: HTTP 404 (56 requests). Look at that first."
    )
    assert sentence(None, (), LIMITS).endswith("Measure longer: --seconds")
