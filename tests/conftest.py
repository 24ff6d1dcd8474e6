"""Fixtures and settings for every room."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["fixtures.postgres"]

# How long an example takes says something about the machine and its other guests, not about us.
settings.register_profile("proveout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("proveout")
