"""Proofs with real processes: killed, stopped, cut off from their database, and several on one account.

``python tests/soak`` runs them all and ends with one table; ``--only`` and ``--seed`` run one of them again. Bots are
forked from a process that has imported everything (``nursery``), so that hundreds of them can be started; each is a
process with real ccxt over HTTP and a real database.
"""
