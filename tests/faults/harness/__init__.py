"""What fault tests are made of: points to fail at, faults by pid, watched runs, a history, and what must hold after."""
