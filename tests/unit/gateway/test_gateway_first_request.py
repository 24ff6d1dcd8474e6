"""What `proveout gateway` says to try."""

from __future__ import annotations

from proveout.cli.gateway_command import first_request

HERE = "http://127.0.0.1:8800"


def test_the_first_request_is_one_that_the_system_can_answer() -> None:
    """Path and body of a service of its own kind are not known, and none are invented."""
    assert first_request(HERE, "mlflow") == (
        "curl http://127.0.0.1:8800/invocations -H 'content-type: application/json' "
        "-d '{\"dataframe_records\": […]}'"
    )
    assert first_request(HERE, "json") == (
        "ask it as ever, at http://127.0.0.1:8800 in place of its own address"
    )
