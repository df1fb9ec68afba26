"""Many values along an axis become one."""
