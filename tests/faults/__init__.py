"""Bad inputs and faults of the machine, and what must come of each."""
