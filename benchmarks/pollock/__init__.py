"""How well broken CSV files are read, by the measures of Pollock (VLDB 2023)."""
