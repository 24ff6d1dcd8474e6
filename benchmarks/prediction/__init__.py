"""How far predictions at full size are from the truth, on simulated systems."""
