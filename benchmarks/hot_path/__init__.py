"""What protection and telemetry cost a request, and what a guard costs a call."""
