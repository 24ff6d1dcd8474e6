"""What people are told: preferences, and what was sent."""
