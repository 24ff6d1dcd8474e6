"""How many users a system bears: runs that were measured, models fitted to them, predictions.

`next_level` says what to measure, `predict_from` what follows from it at full size.
"""
