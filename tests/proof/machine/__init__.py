"""An account under a bot that does anything in any order: rules over the public face, held to the invariants.

``Machine`` in ``machine.py`` is what hypothesis runs. Its rules are in ``signals.py`` (opens), ``holding.py`` (what is
done with a position), ``process.py`` (deaths and restarts) and ``surroundings.py`` (faults, lags, the market, other
hands); ``ground.py`` is the world that they act on, ``tally.py`` counts what they did.
"""
