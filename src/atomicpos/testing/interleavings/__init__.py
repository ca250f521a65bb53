"""Every interleaving within bounds: one open, or two processes at one row, played by the shipped engine from a tape.

A ``Space`` is a product of named domains; ``walk`` plays its tapes and ``invariants`` watches each history.
"""
