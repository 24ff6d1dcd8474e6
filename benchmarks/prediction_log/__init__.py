"""The prediction log: how fast it writes, how quickly it starts, how long reading takes."""
