"""The panels below the canvas: each a widget that takes a recording or the session and shows it."""
