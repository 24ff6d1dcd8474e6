"""Years of daily checks: how often people are called for nothing, and how soon for harm."""
