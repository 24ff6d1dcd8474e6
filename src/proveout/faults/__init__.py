"""A proxy that makes a service fail in known ways, and leaves nothing behind."""
