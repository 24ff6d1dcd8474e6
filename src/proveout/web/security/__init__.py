"""Who asks, how that is proven, and what is kept of it."""
