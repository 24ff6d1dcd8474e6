"""What the fault proxy costs while no fault is on."""
