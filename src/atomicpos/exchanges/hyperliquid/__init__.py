"""Hyperliquid, by contract: how its requests and replies are worded."""
