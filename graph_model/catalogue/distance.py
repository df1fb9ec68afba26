"""How far apart, or how alike, two inputs are."""
