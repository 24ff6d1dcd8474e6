"""What stands in front of the system, as a raw ASGI application."""
