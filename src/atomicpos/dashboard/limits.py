"""Every bound of the dashboard, with its unit. What exceeds one is refused by name; nothing is kept without an end."""

from __future__ import annotations

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8321

TOKEN_BITS_LEAST = 128
"""How much a token must be able to hold; one that we draw has 256."""
TOKEN_CHARACTERS_MOST = 512

BODY_BYTES_MOST = 4_096
"""The largest body of a request: an act is a few words."""
BODY_S = 5.0
"""How long a body may take to arrive."""
HEAD_BYTES_MOST = 16_384
"""The largest head of a request, its path included."""
TEXT_CHARACTERS_MOST = 500
"""The longest reason; what is searched for and who acts are shorter."""
NAME_CHARACTERS_MOST = 64
SEARCH_CHARACTERS_MOST = 100
ID_CHARACTERS_MOST = 64

CONNECTIONS_MOST = 64
"""So many connections at once; the next one is answered 503."""
STREAMS_MOST = 16
"""So many pages may be live at once."""
KEEP_ALIVE_S = 15
ENDING_S = 3
"""How long connections may take to end once the dashboard ends."""

REQUESTS_A_MINUTE = 1_200
"""From one address without the token; those with it are not counted."""
ACTS_A_MINUTE = 120
"""From all addresses together."""
WRONG_TOKENS_A_MINUTE = 60
"""From all addresses together; wrong ones beyond it are answered 429. The right one always opens: nobody is locked out
by another one's guesses."""
ADDRESSES_MOST = 1_024
"""So many addresses are counted; when there are more, all counts begin anew."""

ACT_PATIENCE_S = 20.0
"""How long an act's answer is waited for; it goes on, and the journal tells the rest."""

LOOK_S = 1.0
"""How often the database is looked at while a page is live."""
NEWS_APART_S = 0.25
"""So far apart are two looks that the engine's own facts cause."""
EXTERNAL_S = 15.0
"""How often the engine beside it is asked what the account holds beside the rows."""
EXPOSURE_KEPT_S = 5.0
"""For how long counted exposures are told again before they are counted anew."""

SHOWN_MOST = 50
"""So many rows that may need a person are shown on the first screen."""
