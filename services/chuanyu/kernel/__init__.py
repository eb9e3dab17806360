"""Moves bytes: codec, seal, log, positions, journal. Knows no province and no rule."""
