"""The colour of each severity on a terminal."""

COLOURS = {"critical": "bright_red", "high": "red", "medium": "yellow", "low": "cyan"}
