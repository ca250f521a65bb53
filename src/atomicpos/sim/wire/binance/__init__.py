"""The Binance USD-M dialect."""
