"""Binance USD-M futures, as they are spoken over HTTP and WebSocket."""
