"""An issue that is opened together with others, and may travel in one message with them."""

from typing import Any

from msgspec.structs import replace

from gateway.channel import Answer, Channel
from gateway.journal.changes import Change, Move, StartAttempt
from gateway.journal.records import AttemptRecord
from gateway.model.states import OperationState
from gateway.service.engine.attempted import end_of_attempt
from gateway.service.engine.execute import Run
from gateway.service.use_case import Target, UseCase


class OrderRun(Run):
    """One order of a batch: a run whose opening, and whose first call, others may write and make for it."""

    _shared: AttemptRecord | None = None

    @property
    def request(self) -> Any:
        """The complete canonical request."""
        return self._request

    @property
    def use_case(self) -> UseCase:
        """What kind of operation this is."""
        return self._use_case

    @property
    def is_routed(self) -> bool:
        """Whether the router may choose its channel: nothing that exists already has chosen."""
        return self._intent.fixed is None

    def opening(self) -> list[Change]:
        """What opens the operation before anything is decided; whoever writes it says so with `written`."""
        if self._intent.fixed is not None:
            self._aim(self._intent.fixed)
        return self._group([Move(self._leased(OperationState.created), OperationState.created)])

    def shipping(self, channel: Channel, target: Target, variant: str, attempt_id: str) -> list[Change]:
        """What must be durable before a message leaves that carries this operation among others.

        The message is one attempt with one id; each operation in it has its own row of it, its own request number.
        """
        self._choose(channel, target)
        self.op = replace(self.op, variant=variant)
        self._shared = self._new_attempt(channel, "", attempt_id)
        return self._group([*self._sending(self._shared), StartAttempt(self._shared)])

    def shipped(self, answer: Answer) -> None:
        """How the message ended, as far as it concerns this operation; it is written with what follows."""
        assert self._shared is not None, "nothing was shipped"
        self._waiting += end_of_attempt(self._parts, self._shared, answer)
