"""Bybit v5, linear perpetuals of a unified account."""
