"""Fixtures and settings for every room."""

import signal

from hypothesis import HealthCheck, settings

pytest_plugins = ["fixtures.postgres"]

# A shell starts its background jobs deaf to Ctrl-C, and processes that they start inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something about the machine and its other guests, not about us.
settings.register_profile("proveout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("proveout")
