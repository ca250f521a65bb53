"""The exchanges "by contract": one adapter, and for each exchange how its requests and replies are worded.

Their requests are proven word by word against what ccxt sends, and their replies against the documented form; no
venue speaks their dialect, so what they do beyond their documentation is assumed.
"""
