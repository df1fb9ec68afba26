"""What is done with the time steps of a sequence."""
