"""Deadlines, queues, breakers: nobody waits in vain."""
