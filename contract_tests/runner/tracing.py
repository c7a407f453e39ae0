"""Which lines of a set of files run: `sys.monitoring` where Python has it (3.12), else `sys.settrace`."""

import sys
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

Hits = set[tuple[str, int]]


@contextmanager
def traced(files: Set[str]) -> Iterator[Hits]:
    """The lines of these files that run while the block does, in this thread; what traced before goes on after."""
    hits: Hits = set()
    begin = _monitored if hasattr(sys, "monitoring") else _followed
    end = begin(files, hits)
    try:
        yield hits
    finally:
        end()


def _followed(files: Set[str], hits: Hits) -> Callable[[], None]:
    before = sys.gettrace()

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            hits.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, _event: str, _arg: Any) -> Any:
        return line if frame.f_code.co_filename in files else None

    sys.settrace(call)
    return lambda: sys.settrace(before)


def _monitored(files: Set[str], hits: Hits) -> Callable[[], None]:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
    tool = next(each for each in range(3, 6) if monitoring.get_tool(each) is None)
    monitoring.use_tool_id(tool, "insurehub")

    def line(code: CodeType, number: int) -> Any:
        if code.co_filename in files:
            hits.add((code.co_filename, number))
        return monitoring.DISABLE

    monitoring.register_callback(tool, monitoring.events.LINE, line)
    monitoring.set_events(tool, monitoring.events.LINE)
    monitoring.restart_events()

    def end() -> None:
        monitoring.set_events(tool, monitoring.events.NO_EVENTS)
        monitoring.register_callback(tool, monitoring.events.LINE, None)
        monitoring.free_tool_id(tool)

    return end
