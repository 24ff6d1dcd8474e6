"""What a service with passing faults costs in requests and time."""
