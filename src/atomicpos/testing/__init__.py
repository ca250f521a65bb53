"""For tests: journals in memory, contracts to inherit, sample rows, and hypothesis strategies.

``contracts`` needs pytest and ``strategies`` needs hypothesis; the others need nothing more than the library.
"""
