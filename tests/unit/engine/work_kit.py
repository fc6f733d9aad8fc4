"""How much work something is, told alike by a quick machine and by a busy one."""

import gc
import sys
from collections.abc import Callable
from types import FrameType


def steps_in(work: Callable[[], object]) -> int:
    """The instructions of the interpreter that it runs; what C does is one each."""
    count = 0

    def note(frame: FrameType, event: str, _told: object) -> object:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return note

    before = sys.gettrace()
    gc.disable()  # what is collected meanwhile would count too
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return count
