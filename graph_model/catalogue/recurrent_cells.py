"""One time step of a recurrent layer."""
