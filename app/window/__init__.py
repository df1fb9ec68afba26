"""The main window: what surrounds the canvas, and how the program starts."""
