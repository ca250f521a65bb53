"""One position's story in words and in JSON, for whatever shows it: the command line and the dashboard. Pure."""
