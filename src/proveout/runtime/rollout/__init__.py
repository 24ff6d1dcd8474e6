"""Which version answers whom, and how it is taken back."""
