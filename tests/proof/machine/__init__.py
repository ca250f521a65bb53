"""One account under a bot that does anything in any order: rules over the public face, held to the invariants."""
