"""The canvas: the drawing as it is seen and edited by hand."""
