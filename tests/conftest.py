"""Fixtures that every room may use."""

pytest_plugins = ["fixtures.postgres"]
