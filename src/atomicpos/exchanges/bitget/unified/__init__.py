"""Bitget's unified account: the same exchange at other endpoints, in other words."""
