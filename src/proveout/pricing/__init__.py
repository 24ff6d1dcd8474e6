"""What a use costs: the offline price table, prices of the charter's own, and their sums."""
