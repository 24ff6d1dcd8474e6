"""A simulated system under test: seeded, so that everything can be rehearsed without a vendor."""
