"""Bybit v5 on the wire."""
