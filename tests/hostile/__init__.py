"""Hostile replies: what the real client and the real engine make of them, on the wire and in hurried time."""
