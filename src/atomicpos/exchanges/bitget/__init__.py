"""Bitget, by contract: how its requests and replies are worded."""
