"""Planted defects, which the walks must find, and the small spaces in which they are looked for."""
