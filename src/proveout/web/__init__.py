"""The dashboard and its API: pages and deeds, declared as data and mounted in one way."""
