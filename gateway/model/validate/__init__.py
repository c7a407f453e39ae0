"""What an expert checks beyond types: one call gives every fault of a request at once.

Faults name fields and rules; they never quote a value, which may be personal.
"""

from datetime import datetime

from gateway.model.base import Model
from gateway.model.validate.bodies import check_body
from gateway.model.validate.fault import ROOT, Fault, FaultCode, Findings
from gateway.model.validate.text import has_plain_texts
from gateway.model.validate.walk import Walk

__all__ = ["Fault", "FaultCode", "faults_of"]

_EVERYTHING, _ALL_BUT_TEXTS = Walk(texts=True), Walk(texts=False)


def faults_of(request: Model, *, now: datetime) -> tuple[Fault, ...]:
    """Every fault of a body or a request, in the order of its fields, then those of the whole; () when it is sound.

    `now` is an aware instant; birth dates are compared with its business date in China.
    """
    found = Findings(now)
    walk = _ALL_BUT_TEXTS if has_plain_texts(request) else _EVERYTHING
    walk[request.__class__](request, ROOT, found)
    check_body(request, found)
    return tuple(found.faults)
