"""Guards of the public face and of what is checked before an entry."""

from __future__ import annotations

from mutant import Edit, Mutant

FACE = (
    Mutant(
        "F37", "nothing is sent while the database has not answered",
        (Edit(
            "engine/drive.py",
            "if not self.record.state.settled:\n            self._carry_out",
            "if saved and not self.record.state.settled:\n            self._carry_out",
        ),),
        tests="exchange_ends_safe",
    ),
    Mutant(
        "F37", "whoever asks is answered before the wish is stored",
        (Edit(
            "engine/drive.py",
            "if saved:\n            self._tell_granted(True)",
            "if True:\n            self._tell_granted(True)",
        ),),
        tests="no_write_works",
    ),
    Mutant(
        "F43", "the key is not looked up",
        (Edit(
            "opener.py",
            "if request.idempotency_key is None:\n            return None",
            "if True:\n            return None",
        ),),
    ),
    Mutant(
        "F43", "a key may be used for another request",
        (Edit(
            "opener.py",
            "if known is not None and known.intent.request_hash != request.hash:",
            "if False:",
        ),),
        tests="another_request_is_invalid",
    ),
    Mutant(
        "F43", "a twin that was a moment earlier is a stranger in the slot",
        (Edit(
            "opener.py",
            "if (known := await self._known(request)) is not None:\n                return await self._answer(known)",
            "if False:\n                return await self._answer(known)",
        ),),
        tests="filled_meanwhile",
    ),
    Mutant(
        "F44", "a row that has ended holds its slot",
        (Edit(
            "record.py",
            "return self.state not in SETTLED",
            "return True",
        ),),
        tests="failed_open_and_at_once",
    ),
    Mutant(
        "F44", "a call that came to nothing leaves its reservation behind",
        (Edit(
            "drivers.py",
            "self._tasks.pop(position_id, None)\n            self._refuse_asks(position_id)",
            "self._refuse_asks(position_id)",
        ),),
        tests="leaves_nothing_in_memory",
    ),
    Mutant(
        "F45", "what a listener raises is raised to the operation",
        (Edit(
            "ears/in_a_thread.py",
            "except BaseException as error:",
            "except ZeroDivisionError as error:",
        ), Edit(
            "ears/in_a_thread.py",
            "self._underway = loop.run_in_executor(self._aside, batch.run)",
            "batch.run()",
        )),
        tests="raises_or_hangs",
    ),
    Mutant(
        "F45", "an asynchronous listener is never run",
        (Edit(
            "ears/on_the_loop.py",
            "if inspect.isawaitable(answer):",
            "if False:",
        ),),
        tests="run_and_not_waited_for",
    ),
    Mutant(
        "F45", "facts are told before they are stored",
        (Edit(
            "engine/drive.py",
            "resting = self._resting(todo)\n",
            "resting = self._resting(todo)\n"
            "        self._telling.committed(self._ledger.committed, self.record)\n",
        ),),
        tests="after_they_were_stored",
    ),
    Mutant(
        "F57", "the notional is not checked",
        (Edit(
            "limits.py",
            "if least is not None and worth < least:",
            "if False:",
        ),),
    ),
    Mutant(
        "F57", "a quantity between two steps is let through",
        (Edit(
            "limits.py",
            "if quantity % step != 0:",
            "if False:",
        ),),
    ),
    Mutant(
        "F57", "more than one order may have is let through",
        (Edit(
            "limits.py",
            "if high is not None and quantity > high:",
            "if False:",
        ),),
        tests="largest_size",
    ),
    Mutant(
        "F58", "a leverage that could not be had is ignored",
        (Edit(
            "engine/answers.py",
            "return _not_had(record, f\"leverage {record.intent.leverage}\", outcome, LEVERAGE_REFUSED)",
            "return replace(record, leverage_confirmed=True)",
        ),),
    ),
    Mutant(
        "F58", "the leverage is not read back",
        (Edit(
            "exchanges/bybit/settings.py",
            "if shown == plain(request.leverage):",
            "if True:",
        ),),
        tests="reads_twenty",
    ),
    Mutant(
        "F58", "not modified is a refusal",
        (Edit(
            "exchanges/bybit/settings.py",
            "Operation.LEVERAGE, frozenset({LEVERAGE_UNCHANGED}))",
            "Operation.LEVERAGE, frozenset())",
        ),),
        tests="is_so_already",
    ),
    Mutant(
        "F59", "one failing read refuses the request",
        (Edit(
            "policies.py",
            "PREFLIGHT_READS = 3",
            "PREFLIGHT_READS = 1",
        ),),
        tests="f59_one_transient_error",
    ),
    Mutant(
        "F59", "a definite code of the exchange is taken for an unknown outcome",
        (Edit(
            "exchanges/failures.py",
            "if code in table.definite or names & DEFINITE or (_bare(error) and code in table.definite_though_bare):",
            "if False:",
        ),),
        tests="is_entry_refused",
    ),
    Mutant(
        "F59", "contracts that do not trade are taken",
        (Edit(
            "exchanges/markets.py",
            'return _linear_swap(market) and market.get("active") is True',
            "return _linear_swap(market)",
        ),),
        tests="contract_that_does_not_trade",
    ),
    Mutant(
        "F59", "a symbol that may only be closed is opened",
        (Edit(
            "preflight.py",
            "if (why := first.symbol(instrument, read)) is not None:",
            "if (why := first.symbol(instrument, read)) == 0:",
        ),),
        tests="may_only_be_closed",
    ),
    Mutant(
        "F59", "a key that is not taken is found out by the first order",
        (Edit(
            "exchanges/ccxt_adapter.py",
            "self.account_id = await self._try_key()",
            "self.account_id = None",
        ),),
        tests="key_that_is_not_taken",
    ),
)
