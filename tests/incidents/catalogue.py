"""The ways in which opening a protected position has failed in the field, and what this library promises instead.

The tests carry the names: ``test_f05_...`` is a test for F05, and so is every test of a module ``test_f05_...`` whose
own name says nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incident:
    """One way to fail, and one sentence on why it cannot happen here."""

    name: str
    title: str
    guarantee: str


CATALOGUE = (
    # the entry: acknowledged, filled, and whose it is
    Incident("F01", "an acknowledgement without a status is called a failure",
             "The reply needs no more than our order's id; what became of the order is asked for by our own id."),
    Incident("F02", "two modules speak two vocabularies of order states",
             "Every word for a state is read in one place, and a word that is not known there decides nothing."),
    Incident("F03", "acknowledged counts as filled",
             "Only a filled quantity that was read makes a fill, and the row says which source showed it."),
    Incident("F04", "an order that died unfilled is polled for and alarmed about",
             "An order read as dead with nothing filled ends the row with that look: no close, no alarm."),
    Incident("F05", "the close goes to the wrong side and doubles the position",
             "A close is opposite to what was asked for, and where the exchange shows the other side none is sent."),
    Incident("F06", "an exception after the send ends in nothing happened",
             "Whatever raises once a request may have left, the order stays of unknown outcome and is looked up."),
    Incident("F07", "the client refuses the order lookup that everything rests on",
             "Orders are looked up among the open and the past ones by our id, and a refused lookup is no absence."),
    Incident("F08", "the average price is taken from a field that does not hold it",
             "The entry price is the order's average, its fills' or the position's own, never a price that was asked."),
    Incident("F09", "the return code is text and is compared with a number",
             "Return codes are read as whole numbers whatever type they come in, before anything is compared."),
    Incident("F10", "an entry is sent again after a network error",
             "One entry in a position's life: a lost reply leads to a lookup by an id that was stored beforehand."),
    Incident("F11", "a partial fill is stopped and closed by the requested quantity",
             "Stops and closes are sized by what was filled, the remainder is seen final, late fills are covered."),
    Incident("F12", "a raw symbol means the spot market",
             "A symbol is resolved once, to one active perpetual; a spot market is refused before anything is sent."),
    Incident("F13", "two spellings of one symbol do not match",
             "Every answer is compared under the exchange's own id, so no spelling hides a position."),
    Incident("F14", "required parameters of the exchange are missing",
             "Each request carries category and position mode, which is read before each entry; an exchange "
             "without hedge mode refuses such an account first."),
    # looking for it
    Incident("F15", "the position shows up half a minute late",
             "A known fill is protected at once, and no deadline lies inside the stated visibility."),
    Incident("F16", "one source silences or starves the others",
             "Sources are asked side by side, each at its own pace and timeout; a failing one says unknown."),
    Incident("F17", "the stream tells of the fill before the reply, and nobody listens",
             "What a stream says counts from before the send on, in whatever order it arrives."),
    Incident("F18", "a timeout is taken for not opened",
             "A deadline without evidence ends in a suspicion that holds the slot and goes on looking, in no end."),
    Incident("F19", "it opened, and was gone before anybody looked",
             "Opposite fills that sum to the entry, with an empty slot, end the row as gone by other hands."),
    # the stop
    Incident("F20", "the stop is computed from the signal's price",
             "The trigger comes from the average fill; a stop price on the wrong side of the mark is refused."),
    Incident("F21", "a missing price becomes a stop at zero",
             "Without an average the stop comes from the mark price, and is replaced once the fill's is known."),
    Incident("F22", "buy, long and LONG are three different things",
             "Four words in any case name a side, any other is refused, and none of them is a default."),
    Incident("F23", "the market is already beyond the stop",
             "A stop that would fire at once has happened: the position is closed, and the stop is not tried again."),
    Incident("F24", "a stop left over from earlier is taken for ours",
             "Only a stop with our id, or our last value on the position, protects; it is compared in every respect."),
    Incident("F25", "our own stop is not recognised and is put up again and again",
             "A stop is looked up by its own id before another is sent, and surplus ones are taken down."),
    Incident("F26", "the stop waits until the position can be seen",
             "The first sign of a fill puts the stop up, and a refusal for want of a position is asked again."),
    Incident("F27", "a price with too many digits is refused",
             "Prices are exact decimals on the tick, rounded towards the market, written without exponent."),
    Incident("F28", "the old stop is cancelled before the new one stands",
             "The new stop is read back before the old one goes; a refused move leaves the old one as it was."),
    Incident("F29", "somebody else takes the stop away",
             "A protected position is looked at in every turn, and a stop that is gone is put up again."),
    Incident("F30", "two closers sell one position and open the opposite one",
             "Every exit can only shrink, the stop stays up until flat is proven, and one loop does the closing."),
    Incident("F31", "the watchdog raises an alarm in the middle of an open",
             "The watchdog goes by the stored state: what is still within its deadline alarms nobody."),
    # getting out again
    Incident("F32", "the close is sent with quantity zero",
             "A close is as large as our share of what is there, whatever the order's own filled field says."),
    Incident("F33", "not found is written down as rolled back",
             "An end needs a stored proof; ten empty looks are none, and neither is a restart in between."),
    Incident("F34", "the close can open a position",
             "Every order of ours but the entry is reduce-only: what comes too late is refused by the exchange."),
    Incident("F35", "the exchange refuses the close",
             "Closing goes on in pieces, then as limits inside the band, with a stop up again and an alert."),
    Incident("F36", "one error code is read without asking what it answered",
             "A refusal is graded by operation, code and sentence, and none of them skips looking."),
    Incident("F37", "the database fails in the middle and the rollback with it",
             "Protecting and closing go on without the database; what was to be written follows later."),
    Incident("F38", "a cache that says zero proves that it is flat",
             "Flat takes exits that sum to the fill and a look newer than the last of them."),
    Incident("F39", "the rollback leaves its stops behind",
             "No row ends while an order of ours is alive: what is left is cancelled and seen dead."),
    Incident("F40", "a second rollback closes what was never ours",
             "A slot that holds a position is refused, and what is not ours is neither closed nor adopted."),
    # several at once, and the database
    Incident("F41", "two writers store the same position",
             "A unique index over all states that hold a slot decides who is first, before anything is sent."),
    Incident("F42", "storing a position hands back somebody else's row",
             "A taken slot raises before the send and names the occupant; a row is known by its own id only."),
    Incident("F43", "the same signal is carried out twice",
             "One idempotency key, one row: every repeat gets that row's answer, and nothing more is sent."),
    Incident("F44", "a failed open leaves the symbol blocked",
             "A row that ended holds no slot, and a call that stored nothing leaves nothing behind."),
    Incident("F45", "the caller is told something else than what is so",
             "The answer is made from the stored row, and a listener that raises or hangs changes none of it."),
    Incident("F46", "two bots share an account without knowing it",
             "Rows are leased between processes, and another installation on the account is announced."),
    # restarts and reconciliation
    Incident("F47", "the order is sent before it is written down",
             "The intent is committed before its request leaves: no crash leaves a position without a row."),
    Incident("F48", "the states in between are never stored",
             "Every transition is journaled and committed before it is announced, and the journal is unbroken."),
    Incident("F49", "pending is read as never sent",
             "After a restart an order that was only intended counts as possibly sent, and is looked up."),
    Incident("F50", "recovery is code of its own, and opens what it should close",
             "A restart drives its rows through the same loop, and looks before it closes anything."),
    Incident("F51", "a failed read is an empty account",
             "An error is never data; absence needs several sources that agree over a stated time."),
    Incident("F52", "stale and foreign positions are adopted",
             "A size is the exchange's raw one, and a position without a row of ours is announced, not adopted."),
    Incident("F53", "an orphan is protected minutes too late",
             "Each suspected position is driven on without a pause, with the stop rule it was asked with."),
    Incident("F54", "restored rows contradict the exchange",
             "At start every open row is checked, recent ends too, and late evidence opens a row again."),
    Incident("F55", "the safety net was never connected",
             "The block starts the background tasks itself and tells whether they are alive."),
    Incident("F56", "events of a close arrive in the wrong order",
             "An exit is its closing fills since the entry, each once, whatever order they are told in."),
    # before the entry
    Incident("F57", "the size is below or above what the exchange takes",
             "Quantity, step, notional and whether it can be closed and stopped are checked before the send."),
    Incident("F58", "the leverage is another one than asked for",
             "Leverage is set and read back before the entry; where the two differ the entry is refused."),
    Incident("F59", "the symbol, the price or the key is not fit to trade",
             "Each such refusal is an error of its own kind with a reason; reads are repeated, entries never."),
    # telling people
    Incident("F60", "alerts that nobody hears, alarms that nobody believes",
             "One alert for a condition and one when it is over; without a sink they are logged as critical."),
    Incident("F61", "a slip in a log line stops every open",
             "Listeners cannot fail the operation, and the tests run real clients against strict exchanges."),
)
