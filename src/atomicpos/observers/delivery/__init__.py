"""Alerts on their way to people: what stands, what each channel was told of it, and what it says."""
