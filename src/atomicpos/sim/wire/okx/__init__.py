"""OKX v5 on the wire: linear perpetual swaps, whose quantities are contracts."""
