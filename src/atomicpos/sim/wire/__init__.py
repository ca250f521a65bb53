"""The venue on the wire: exchange dialects over HTTP on loopback, for the real ccxt client."""
