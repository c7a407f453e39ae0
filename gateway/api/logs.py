"""The request log: one line per request, with the keys named here and no others."""

import sys
from typing import Any, BinaryIO

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

ALLOWED = frozenset({
    "event", "level", "timestamp", "operation", "method", "status", "wait_ms", "client", "code", "trace_id",
    "error", "frames",
})  # fmt: skip
"""Every key a line may have; none holds a value of a body, a header or a query."""

FRAMES_MAX = 12


def only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop what is not on the list, so that a careless call cannot leak."""
    return {key: value for key, value in event.items() if key in ALLOWED and value is not None}


def request_log(stream: BinaryIO | None = None) -> FilteringBoundLogger:
    """A logger that writes JSON lines to a stream (default: standard error)."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.BytesLogger(stream or sys.stderr.buffer),
        processors=[
            only_allowed,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_encode),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        cache_logger_on_first_use=True,
    )
    return logger


def frames_of(error: BaseException) -> list[str]:
    """Where an error came from, innermost last: file, line and function, without its text or any variable."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-FRAMES_MAX:]


def _encode(event: EventDict, **_options: Any) -> bytes:
    return msgspec.json.encode(event)
