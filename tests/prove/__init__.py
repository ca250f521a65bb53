"""``make prove``: what the promise rests on, section by section, and one table at the end."""
