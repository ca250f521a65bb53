"""OKX v5, linear perpetual swaps."""
