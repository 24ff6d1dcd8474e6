"""The prediction log: every request and answer, before the answer is released."""
