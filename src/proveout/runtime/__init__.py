"""In production: what stands in front of a system, keeps it to its standard, and tells of it."""
