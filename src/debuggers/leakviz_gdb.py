"""leakviz in gdb. In gdb, or in ~/.gdbinit:  source /path/to/leakviz_gdb.py  -- then: help leakviz"""

import os
import re
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.realpath(os.path.expanduser(__file__))))
sys.dont_write_bytecode = True
import leakviz_common as leakviz  # noqa: E402

session = leakviz.Session()


def problem_as_error(invoke):
    """gdb shows a GdbError as one line, and anything else with a stack."""

    def guarded(self, argument, from_tty):
        try:
            gdb.flush()
            invoke(self, leakviz.split(argument))
        except leakviz.Problem as problem:
            raise gdb.GdbError(f"leakviz: {problem}") from problem

    return guarded


def core_file():
    """Path of the core that is open, or None."""
    found = re.search(r"core dump file:\s*`(.*)', file type", gdb.execute("info files", to_string=True))
    return found.group(1) if found else None


def process_id():
    inferior = gdb.selected_inferior()
    if core_file() is None and inferior.pid == 0:
        raise leakviz.Problem("there is no process: start or attach to one, or open a core")
    return inferior.pid


def is_here():
    """Whether the process runs on this machine, not behind gdbserver."""
    connection = gdb.selected_inferior().connection
    return connection is not None and connection.type == "native"


def write(path):
    gdb.execute(f"generate-core-file {path}")


def number(expression):
    try:
        return int(gdb.parse_and_eval(expression).cast(gdb.lookup_type("unsigned long")))
    except gdb.error as error:
        raise leakviz.Problem(f"{expression} cannot be evaluated: {error}") from error


def read(address, size):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except gdb.MemoryError:
        return None


class Leakviz(gdb.Command):
    """Leaks by comparing dumps; pictures of memory. See: help leakviz render, heap, snapshot, diff"""

    def __init__(self):
        super().__init__("leakviz", gdb.COMMAND_DATA, gdb.COMPLETE_COMMAND, prefix=True)


class Render(gdb.Command):
    """Draw memory as pixels: leakviz render ADDRESS LENGTH [-o PICTURE] [--open] [--bpp N] [--width N]

    ADDRESS and LENGTH are expressions without spaces, or in quotes. The picture is leakviz-ADDRESS.png unless -o names
    another, .png or .bmp; --open shows it. It holds the memory itself, secrets too."""

    def __init__(self):
        super().__init__("leakviz render", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    @problem_as_error
    def invoke(self, words):
        if len(words) < 2:
            raise leakviz.Problem("render needs ADDRESS and LENGTH, such as: leakviz render $rsp 4096")
        process_id()
        leakviz.render(number(words[0]), number(words[1]), words[2:], read)


class Heap(gdb.Command):
    """Show heaps with their used and free blocks: leakviz heap [options of leakviz info]"""

    def __init__(self):
        super().__init__("leakviz heap", gdb.COMMAND_DATA)

    @problem_as_error
    def invoke(self, words):
        session.heap(core_file(), process_id(), words, is_here(), write)


class Snapshot(gdb.Command):
    """Write a core of the process, for leakviz diff: leakviz snapshot [FILE] [--heap-only] [--all] [--force]"""

    def __init__(self):
        super().__init__("leakviz snapshot", gdb.COMMAND_DATA, gdb.COMPLETE_FILENAME)

    @problem_as_error
    def invoke(self, words):
        if core_file() is not None:
            raise leakviz.Problem("this is a core already: compare it with others of its process with leakviz diff")
        session.snapshot(process_id(), words, is_here(), write)


class Diff(gdb.Command):
    """Compare the snapshots of this session, oldest first: leakviz diff [options of leakviz diff]"""

    def __init__(self):
        super().__init__("leakviz diff", gdb.COMMAND_DATA, gdb.COMPLETE_FILENAME)

    @problem_as_error
    def invoke(self, words):
        session.diff(words)


for one in (Leakviz, Render, Heap, Snapshot, Diff):
    one()
