"""GradCanvas, the program."""
