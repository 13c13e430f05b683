"""leakviz in lldb. In lldb, or in ~/.lldbinit:  command script import /path/to/leakviz_lldb.py  -- then: leakviz"""

import os
import sys

import lldb

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True
import leakviz_common as leakviz  # noqa: E402

session = leakviz.Session()

USAGE = """leakviz render ADDRESS LENGTH [-o PICTURE] [--open] [--bpp N] [--width N]
    draws memory as pixels; ADDRESS and LENGTH are expressions without spaces, or in quotes
leakviz heap [CORE] [options of leakviz info]
    shows heaps with their used and free blocks; of a core that is open, name it
leakviz snapshot [FILE] [--heap-only] [--all] [--force]
    writes a core of the process, for leakviz diff
leakviz diff [options of leakviz diff]
    compares the snapshots of this session, oldest first"""


def process_of(debugger):
    process = debugger.GetSelectedTarget().GetProcess()
    if not process.IsValid():
        raise leakviz.Problem("there is no process: start or attach to one, or open a core")
    return process


def is_core(process):
    return "core" in process.GetPluginName() or "minidump" in process.GetPluginName()


def core_file(process):
    """Path of the core that is open. lldb tells it since version 17."""
    if not hasattr(process, "GetCoreFile"):
        raise leakviz.Problem("this lldb does not tell where its core lies: name it, as in leakviz heap 3.core")
    return process.GetCoreFile().fullpath


def is_here(debugger):
    """Whether the process runs on this machine, not behind lldb-server."""
    return debugger.GetSelectedTarget().GetPlatform().GetName() == "host"


def writer(debugger):
    def write(path):
        quoted = path.replace("\\", "\\\\").replace('"', '\\"')
        result = lldb.SBCommandReturnObject()
        debugger.GetCommandInterpreter().HandleCommand(f'process save-core "{quoted}"', result)
        if not result.Succeeded():
            raise leakviz.Problem(f"lldb cannot write a core: {result.GetError().strip()}")

    return write


def number(debugger, expression):
    """Plain numbers need no program to be evaluated in."""
    try:
        return int(expression, 0)
    except ValueError:
        pass
    target = debugger.GetSelectedTarget()
    frame = target.GetProcess().GetSelectedThread().GetSelectedFrame()
    if expression.startswith("$") and frame.FindRegister(expression[1:]).IsValid():
        return frame.FindRegister(expression[1:]).GetValueAsUnsigned()
    value = frame.EvaluateExpression(expression) if frame.IsValid() else target.EvaluateExpression(expression)
    if value.GetError().Fail():
        raise leakviz.Problem(f"{expression} cannot be evaluated: {value.GetError().GetCString()}")
    return value.GetValueAsUnsigned()


def render(debugger, words):
    if len(words) < 2:
        raise leakviz.Problem("render needs ADDRESS and LENGTH, such as: leakviz render $rsp 4096")
    process = process_of(debugger)

    def read(address, size):
        error = lldb.SBError()
        data = process.ReadMemory(address, size, error)
        return data if error.Success() else None

    leakviz.render(number(debugger, words[0]), number(debugger, words[1]), words[2:], read)


def heap(debugger, words):
    if words and not words[0].startswith("-"):
        session.heap(words[0], 0, words[1:], False, None)
        return
    process = process_of(debugger)
    if is_core(process):
        session.heap(core_file(process), 0, words, False, None)
        return
    session.heap(None, process.GetProcessID(), words, is_here(debugger), writer(debugger))


def snapshot(debugger, words):
    process = process_of(debugger)
    if is_core(process):
        raise leakviz.Problem("this is a core already: compare it with others of its process with leakviz diff")
    session.snapshot(process.GetProcessID(), words, is_here(debugger), writer(debugger))


def diff(_, words):
    session.diff(words)


COMMANDS = {"render": render, "heap": heap, "snapshot": snapshot, "diff": diff}


def invoke(debugger, argument, result, _):
    """The command that lldb calls."""
    try:
        words = leakviz.split(argument)
        if not words or words[0] not in COMMANDS:
            raise leakviz.Problem(f"expected one of these:\n{USAGE}")
        COMMANDS[words[0]](debugger, words[1:])
    except leakviz.Problem as problem:
        result.SetError(f"leakviz: {problem}")


def __lldb_init_module(debugger, _):
    debugger.HandleCommand(
        f'command script add --function {__name__}.invoke --help "Leaks by comparing dumps; pictures of memory" leakviz'
    )
