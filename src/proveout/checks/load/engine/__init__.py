"""The process that sends the load: `python -m proveout.checks.load.engine`.

Locust is what it stands on: gevent's event loop, and Locust's runners, which carry the messages
between the process that leads and the workers. Importing Locust changes the standard library of
the process (gevent's monkey-patching), and so nothing in here is ever imported by the others.

Users are no greenlets of their own with a connection each, as Locust's are, but entries in a heap
of moments at which something falls due: ten thousand who think cost nothing while they think, and
a connection is opened for as many as wait at the same time.
"""
