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
            "if event.kind is EventKind.ALERT and key not in self._standing:",
            "if event.kind is EventKind.ALERT:",
        ),),
        tests="five_hundred",
    ),
    Mutant(
        "F60", "without a sink an alert is one line among others",
        (Edit(
            "observers/log.py",
            "log.critical(",
            "log.info(",
        ),),
        tests="critical_line",
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
