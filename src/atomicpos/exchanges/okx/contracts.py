"""How much of the base asset one contract is: our face counts in the base asset, the wire in contracts, exactly.

``ctVal`` times ``ctMult`` is the size of a contract in ``ctValCcy``, which is the base asset of a linear swap
(documented). Both are read as text from the exchange's own row: ccxt hands ``contractSize`` on as a float.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from atomicpos.errors import InvalidRequest
from atomicpos.ports import ReadFailed

from ..fields import Row, inner, must, price, text
from ..markets import linear_symbols, market_id

DIGITS = 60
"""More than any quotient of two amounts of money has that is exact."""


def contract_size(market: Row) -> Decimal:
    """The size of one contract in the base asset. Raises ReadFailed where the market's data do not say it."""
    info = inner(market, "info")
    base, counted_in = text(market, "baseId"), text(info, "ctValCcy")
    if counted_in != base:
        raise ReadFailed(f"a contract is counted in {counted_in!r}, and the base asset is {base!r}")
    return must(info, "ctVal") * (price(info, "ctMult") or Decimal(1))


def to_contracts(quantity: Decimal, size: Decimal, lot: Decimal) -> Decimal | None:
    """A quantity of the base asset in contracts; None when it is no whole number of lots."""
    with localcontext(prec=DIGITS):
        contracts = quantity / size
        whole = contracts % lot == 0 and contracts * size == quantity
    return contracts if whole else None


class Sizes:
    """The contract sizes of the loaded markets, by unified symbol and by the exchange's id."""

    def __init__(self, markets: Mapping[str, Any]) -> None:
        self._markets = markets

    def of(self, symbol: str) -> tuple[str, Decimal]:
        """The exchange's id of that market and the size of its contract. Raises ReadFailed."""
        try:
            found = market_id(self._markets, symbol)
        except InvalidRequest as unknown:
            raise ReadFailed(str(unknown)) from None
        return found, contract_size(self._markets[symbol])

    def lot(self, symbol: str) -> Decimal:
        """The step of a quantity in contracts. Raises ReadFailed."""
        return must(inner(self._markets[symbol], "info"), "lotSz")

    def by_id(self) -> dict[str, tuple[str, Decimal]]:
        """Unified symbol and contract size of each linear contract whose data say them, by the exchange's id."""
        sizes = {}
        for found, symbol in linear_symbols(self._markets).items():
            try:
                sizes[found] = (symbol, contract_size(self._markets[symbol]))
            except ReadFailed:
                continue  # nothing of ours can be there: an open needs the size as well
        return sizes
