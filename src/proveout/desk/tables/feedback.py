"""What users said, and what became of it; answers to the pulse survey."""
