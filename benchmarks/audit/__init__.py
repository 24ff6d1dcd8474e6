"""How fast the audit is, against DuckDB's SUMMARIZE and against other profilers."""
