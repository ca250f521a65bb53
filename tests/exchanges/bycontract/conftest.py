"""Puts ``captured`` within reach of the tests of each exchange."""
