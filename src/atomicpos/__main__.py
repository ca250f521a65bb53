"""``python -m atomicpos``: the same as the command ``atomicpos``."""

from .cli import main

if __name__ == "__main__":
    main()
