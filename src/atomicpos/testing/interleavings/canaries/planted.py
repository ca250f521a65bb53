"""Planted defects: each a patch of at most ten lines to one shipped decision, which the odometer must find."""

from __future__ import annotations

from .... import opener
from ....absorb import orders as orders_
from ....absorb import position_stop as position_stop_
from ....advance import walking as walking_
from ....bounds import Bounds
from ....engine import answers as answers_
from ....engine import drive
from ....engine import looker as looker_
from ....engine import requests as requests_
from ....leases import HeldLeases
from ....plan import exits as exits_
from ....plan import planning as planning_
from ....sim import exchange as exchange_
from ....watchdog import Watchdog
from ....weigh import entry as entry_
from ....weigh import verdict as verdict_
from .. import far
from ..pause_spaces import LATE_CANCELS, WAKINGS
from ..spaces import BACKWARDS, ONE_CRASH, ONE_FAULT, OTHERS, PARTIAL, REFUSED
from . import acting, believing, sharing
from .lost import AwayDatabase, LostDatabase, Occupied
from .planting import LINES, Canary, Found, told
from .spaces import (
    ALTERED,
    AWAY_DATABASE,
    BLIND,
    CALLED_CLOSED,
    FENCE,
    LATE_ENTRIES,
    LATE_FILLS,
    LATE_READS,
    LEFT_BEHIND,
    LOST_DATABASE,
    LOST_ENTRIES,
    OCCUPIED,
    TWO_ANSWERS,
)
from .staged import ArrivesLate, closed_words, playing

__all__ = ["CANARIES", "LINES", "Canary", "Found", "told"]

BELIEVED = (
    Canary("original algorithm", ((verdict_, "never_filled"),), believing.original_algorithm, "I1", LATE_READS, 3),
    Canary("absence believed before the horizon", ((Bounds, "horizon_us"),), property(believing.no_horizon), "I1",
           LOST_ENTRIES, 18),
    Canary("horizon of the reads alone", ((Bounds, "horizon_us"),), property(believing.horizon_of_reads), "I1",
           LATE_ENTRIES, 3),
    Canary("one source enough for absence", ((entry_, "_absent"),), believing.one_source, "I1", BLIND, 57),
    Canary("error read as empty", ((looker_.Looker, "_look"),), believing.error_is_empty, "I1", BLIND, 26),
    Canary("empty taken for flat", ((verdict_, "flat_proof"),), believing.empty_is_flat, "I1", BACKWARDS, 8),
    Canary("acknowledged taken for filled", ((verdict_, "shown_filled"),), believing.acknowledged_is_filled, "I3",
           ONE_FAULT, 3),
    Canary("refusal believed after a re-send", ((answers_, "answered"),), believing.refusal_is_believed, "I2",
           TWO_ANSWERS, 26),
    Canary("`closed` read as filled", ((orders_, "_status"),), believing.closed_is_filled, "I3", CALLED_CLOSED, 2,
           playing(closed_words)),
    Canary("stop for the first partial fill only", ((verdict_, "is_final"),), believing.first_fill_is_all, "I3",
           PARTIAL, 36),
    Canary("stop not read back", ((verdict_, "confirmed_stops"),), believing.attached_is_believed, "I3", OTHERS, 21),
    Canary("foreign stop accepted as ours", ((position_stop_, "_witnessed"),), believing.any_stop_is_ours, "I3",
           ALTERED, 5),
)
SENT = (
    Canary("no write-ahead", ((opener.Opener, "_admit"),), acting.no_write_ahead, "I4", ONE_CRASH, 2),
    Canary("random ids", ((requests_, "client_order_id"),), acting.random_ids, "I2", LOST_DATABASE, 2,
           playing(LostDatabase)),
    Canary("stop waits for the database", ((drive.Drive, "_carry_out"),), acting.database_first, "I9", AWAY_DATABASE,
           2, playing(AwayDatabase)),
    Canary("entry sent again", ((planning_, "_entry"),), acting.entry_sent_again, "I5", ONE_FAULT, 24),
    Canary("exit that may enlarge", ((drive, "intended"),), acting.close_may_enlarge, "I6", REFUSED, 2),
    Canary("closes what others hold", ((exits_, "_exit_quantity"),), acting.closes_all_there_is, "I6", OTHERS, 9),
    Canary("old stop cancelled before the new one stands", ((planning_, "put_up"),), acting.old_stop_first, "I1",
           PARTIAL, 35),
    Canary("our stops left behind after flat", ((verdict_, "is_loose"),), acting.stops_are_left, "I2", OTHERS, 9),
    Canary("exposure not counted", ((verdict_, "exposure_us"),), acting.no_exposure, "I10", LATE_READS, 3),
)
SHARED = (
    Canary("database fence alone", ((HeldLeases, "permit"),), sharing.database_fence_alone, "I2", FENCE, 2),
    Canary("no receive window", ((exchange_, "taken"), (far, "taken")), sharing.no_receive_window, "I2", WAKINGS, 53),
    Canary("successor does not wait", ((verdict_, "_alone_at_us"),), sharing.successor_does_not_wait, "I1",
           LATE_CANCELS, 59),
    Canary("nobody takes over", ((Watchdog, "_claim"),), sharing.nobody_takes_over, "I8", LEFT_BEHIND, 2),
    Canary("slot of others taken", ((opener.Opener, "_refuse_taken_slot"),), sharing.slot_of_others_taken, "I7",
           OCCUPIED, 2, playing(Occupied)),
    Canary("settled rows never looked at again", ((walking_, "guards"),), sharing.over_is_over, "I1", LATE_FILLS, 2,
           playing(ArrivesLate)),
)
CANARIES = (*BELIEVED, *SENT, *SHARED)
