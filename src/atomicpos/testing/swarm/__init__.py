"""The swarm: the shipped library over a real SQLite file and the in-process venue, in virtual time, from a seed.

Each seed draws its own mix of faults, plays a world with it, lets the faults end, and demands that everything comes to
rest within a stated bound. The same seed is the same world to the byte: ``play_twice`` shows it.
"""
