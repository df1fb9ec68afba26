"""The table of costs: what a drawing takes before it runs."""
