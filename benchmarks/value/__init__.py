"""Effects on business figures, beside GrowthBook's gbstats and Spotify's confidence."""
