"""For tests: a journal in memory, the journal's contract, sample rows and hypothesis strategies.

``journal_contract`` needs pytest and ``strategies`` needs hypothesis; the others need nothing more than the library.
"""
