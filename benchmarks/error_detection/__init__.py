"""How well single wrong values are found: real data with known truth, and tables made here."""
