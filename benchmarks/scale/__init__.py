"""The audit at scale: a large CSV against the engine alone, and a hundred million rows."""
