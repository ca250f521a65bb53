"""Situations: what the rig must have been in, named, staged where chance does not lead there, and counted."""
