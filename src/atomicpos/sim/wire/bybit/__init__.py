"""The Bybit v5 dialect."""
