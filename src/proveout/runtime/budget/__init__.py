"""Money, tokens and requests: held before, booked after."""
