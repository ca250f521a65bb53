"""Rows as Gate documents them."""

from __future__ import annotations

CONTRACT = {
    "name": "AVL_USDT", "type": "direct", "quanto_multiplier": "0.1", "leverage_min": "1", "leverage_max": "50",
    "maintenance_rate": "0.01", "mark_type": "index", "mark_price": "1.3571", "order_price_round": "0.0001",
    "order_price_deviate": "0.2", "order_size_min": 1, "order_size_max": 1000000, "in_delisting": False,
    "status": "trading",
}  # fmt: skip
CHEAP = {
    **CONTRACT, "name": "PEPE_USDT", "quanto_multiplier": "10000", "order_price_round": "0.00000001",
    "mark_price": "0.0000251",
}  # fmt: skip
POSITION = {
    "user": 10406147, "contract": "AVL_USDT", "size": 0, "leverage": "5", "mode": "single", "entry_price": "0",
    "mark_price": "1.3571", "liq_price": "0", "cross_leverage_limit": "0", "update_time": 1796079600,
}  # fmt: skip
ACCOUNT = {"user": 10406147, "currency": "USDT", "total": "1000", "in_dual_mode": False}
