"""A healthy service on CPython: bounded state, cycles for its collector, and captures with several collections between."""

import sys


class Session:
    def __init__(self, serial):
        self.serial = serial
        self.name = f"user-{serial % 5000}"
        self.itself = self


def run_step(mode, serial, table):
    for _ in range(60_000):
        serial += 1
        session = Session(serial)
        if mode == "cache":
            table[serial % 8000] = session
        elif mode == "text":
            table[serial % 300] = session.name * (serial % 400)
    return serial


def main():
    mode, steps = sys.argv[1], int(sys.argv[2])
    table = {}
    serial = run_step(mode, run_step(mode, 0, table), table)
    for _ in range(steps):
        serial = run_step(mode, serial, table)
        print("[]", flush=True)
        if not sys.stdin.readline():
            break


main()
