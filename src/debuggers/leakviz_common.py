"""What the commands for gdb and lldb share: finding leakviz, running it, and reading memory piece by piece."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

PIECE = 1 << 20


class Problem(Exception):
    """Something that the user can do something about; its text says what."""


def command():
    """The words that start leakviz: $LEAKVIZ, or the leakviz that this script came with, or the one on the PATH."""
    given = os.environ.get("LEAKVIZ")
    if given:
        if not os.path.exists(given):
            raise Problem(f"LEAKVIZ names {given}, which is not there")
        return _with_node(given)
    here = os.path.dirname(os.path.realpath(__file__))
    beside = os.path.join(here, "..", "..", "dist", "cli", "main.js")
    if os.path.exists(beside):
        return _with_node(os.path.realpath(beside))
    found = shutil.which("leakviz")
    if found is None:
        raise Problem("leakviz was not found: set LEAKVIZ to its path before the debugger starts, or put it on the PATH")
    return [found]


def _with_node(path):
    if not path.endswith((".js", ".mjs")):
        return [path]
    node = shutil.which("node")
    if node is None:
        raise Problem("node was not found on the PATH, and leakviz needs it")
    return [node, path]


def run(arguments, output=None):
    """Runs leakviz with a list of arguments, its output on the terminal. Nothing goes through a shell."""
    sys.stdout.flush()
    words = command() + [str(one) for one in arguments]
    try:
        code = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=output, check=False).returncode
    except OSError as error:
        raise Problem(f"leakviz cannot be started: {error}") from error
    if code not in (0, 1):
        raise Problem(f"leakviz ended with code {code}")


def split(text):
    """The words of a command line, with quotes as in a shell."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Problem(f"the arguments cannot be read: {error}") from error


def render(start, length, words, read):
    """Draws a range of memory. `read(address, size)` returns bytes, or None where nothing can be read."""
    if length <= 0:
        raise Problem("the length has to be greater than zero")
    picture, options, opens = _picture(start, words)
    handle, path = tempfile.mkstemp(prefix="leakviz-", suffix=".raw")
    try:
        with os.fdopen(handle, "wb") as file:
            for at in range(start, start + length, PIECE):
                size = min(PIECE, start + length - at)
                data = read(at, size)
                if data is None or len(data) < size:
                    raise Problem(f"memory from {at:#x} to {at + size:#x} cannot be read as a whole")
                file.write(data)
        run(["render", path, picture] + options)
    finally:
        os.unlink(path)
    if opens:
        show(picture)


def _picture(start, words):
    """Name of the picture, options for leakviz render, and whether to show it."""
    opens = "--open" in words
    words = [word for word in words if word != "--open"]
    if "-o" not in words:
        return f"leakviz-{start:x}.png", words, opens
    place = words.index("-o")
    if place + 1 >= len(words):
        raise Problem("-o needs the name of a picture, such as heap.png")
    return words[place + 1], words[:place] + words[place + 2 :], opens


def show(path):
    """In whatever shows pictures here."""
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    if shutil.which(opener) is None:
        raise Problem(f"there is no {opener} to show {path} with")
    subprocess.Popen([opener, path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Session:
    """The snapshots of one debugging session."""

    def __init__(self):
        self.dumps = []

    def name(self, process_id):
        number = len(self.dumps) + 1
        while os.path.exists(f"leakviz-{process_id}-{number}.core"):
            number += 1
        return f"leakviz-{process_id}-{number}.core"

    def snapshot(self, process_id, words, is_here, write):
        """Writes a core; see `take`."""
        named = [word for word in words if not word.startswith("-")]
        path = named[0] if named else self.name(process_id)
        options = [word for word in words if word not in named]
        take(process_id, path, options, is_here, write)
        self.dumps.append(os.path.abspath(path))

    def diff(self, words):
        if len(self.dumps) < 2:
            count = "no snapshot" if not self.dumps else "one snapshot"
            raise Problem(f"there is {count} yet, and diff needs two or more: leakviz snapshot, go on, leakviz snapshot")
        run(["diff"] + self.dumps + words)

    def heap(self, core, process_id, words, is_here, write):
        """Heaps of the core that is open, or of a live process by way of a core that is removed at once."""
        if core is not None:
            run(["info", core] + words)
            return
        with tempfile.TemporaryDirectory(prefix="leakviz-") as folder:
            path = os.path.join(folder, f"{process_id}.core")
            take(process_id, path, [], is_here, write, output=subprocess.DEVNULL)
            run(["info", path] + words)


def take(process_id, path, options, is_here, write, output=None):
    """leakviz reads a process of this machine itself; where it may not, or cannot, `write(path)` has the debugger do it."""
    if is_here and sys.platform == "linux":
        try:
            run(["capture", process_id, "-o", path] + options, output)
            return
        except Problem:
            if os.path.exists(path):
                raise
            print("the debugger writes the core instead")
    if os.path.exists(path) and "--force" not in options:
        raise Problem(f"{path}: there is a file of this name already; --force replaces it")
    write(path)
