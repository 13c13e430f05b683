"""A cache without a bound: one object per key, never evicted."""
import sys


class Entry:
    __slots__ = ("key", "value", "hits", "owner")

    def __init__(self, key, owner):
        self.key = key
        self.value = float(key) * 1.1
        self.hits = 0
        self.owner = owner


entries = []
owner = object()
for step in range(3):
    for key in range(30000 if step == 0 else 60000):
        entries.append(Entry(key + 1000 * step, owner))
    print("step", flush=True)
    if not sys.stdin.readline():
        break
