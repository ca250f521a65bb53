"""Guards of what is heard in time, and of whom an alert reaches."""

from __future__ import annotations

from mutant import Edit, Mutant

TELLING = (
    Mutant(
        "F17", "what is told while a request is unanswered is forgotten",
        (Edit(
            "engine/drive.py",
            "self._inbox.deliver(lambda: self._absorb_evidence(evidence))",
            "self._courier.busy or self._inbox.deliver(lambda: self._absorb_evidence(evidence))",
        ),),
    ),
    Mutant(
        "F17", "what is told while nobody is asked is looked at later",
        (Edit("engine/asking.py", "looker.start(slowly=False)", "pass"),),
        tests="before_its_own_reply",
    ),
    Mutant(
        "F31", "whatever is not at rest alarms at once",
        (Edit(
            "conditions.py",
            "if record.state is State.ORPHAN_SUSPECTED:",
            "if not record.state.settled and record.state is not State.PROTECTED:",
        ),),
        tests="alarms_nobody",
    ),
    Mutant(
        "F60", "a standing alert is said again whenever it is found",
        (Edit(
            "observers/alerts.py",
            "if event.kind is EventKind.ALERT and event.standing not in self._standing:",
            "if event.kind is EventKind.ALERT:",
        ),),
        tests="five_hundred",
    ),
    Mutant(
        "F60", "without a sink an alert is one line among others",
        (Edit(
            "observers/log.py",
            "Severity.CRITICAL: logging.CRITICAL",
            "Severity.CRITICAL: logging.INFO",
        ),),
        tests="critical_line",
    ),
    Mutant(
        "F60", "nobody is told that it is over",
        (Edit(
            "letters.py",
            "    if not letter.told:\n        return None",
            "    if letter.told >= 0:\n        return None",
        ),),
        tests="one_message_and_one_resolve",
    ),
    Mutant(
        "F60", "another process tells again what was told",
        (Edit(
            "observers/delivery/twofold.py",
            "letters = await self._asked(self._stored.take, taker, limit)",
            "letters = await self._memory.take(taker, limit)",
        ),),
        tests="two_bots",
    ),
    Mutant(
        "F60", "a channel that fails says nothing",
        (Edit(
            "observers/delivery/postman.py",
            "        if begins:\n            self._publish",
            "        if not begins:\n            self._publish",
        ),),
        tests="failing_channel",
    ),
    Mutant(
        "F60", "a condition that flaps fills the log",
        (Edit(
            "observers/log.py",
            "window.held_back, window.last = window.held_back + 1, event",
            "log_alerts(event, self._scope)",
        ),),
        tests="flaps",
    ),
    Mutant(
        "F61", "an open waits for the channel",
        (Edit(
            "observers/delivery/hearing.py",
            "case EventKind.ALERT:\n                return self._begun(event)",
            "case EventKind.ALERT:\n                raise SystemExit",
        ),),
        tests="hanging_channel",
    ),
    Mutant(
        "F61", "a line of the log may raise",
        (Edit(
            "announcer.py",
            "with suppress(Exception):\n            super().log",
            "with suppress():\n            super().log",
        ),),
        tests="no_line_of_the_log",
    ),
    Mutant(
        "F61", "what a listener raises reaches the drive",
        (Edit(
            "ears/in_a_thread.py",
            "except BaseException as error:",
            "except ZeroDivisionError as error:",
        ),),
        tests="one_listener",
    ),
)
