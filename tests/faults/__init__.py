"""Faults of the surroundings and of what is given, really tried."""
