"""How a kind's documentation looks where Qt sets it. Colours come from the palette of the theme."""

STYLE = "h4 { margin-top: 10px; margin-bottom: 2px; } p { margin-top: 2px; margin-bottom: 4px; }"
