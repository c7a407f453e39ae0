"""Why a group of changes was not written.

JournalError
├── KeyTaken           the idempotency key already names an operation
├── BusinessKeyTaken   another live operation has this business identity
├── NumberTaken        another object of ours already holds this carrier number
├── EventTaken         a callback of this event was dealt with before
├── Stale              the row changed since it was read, or the writer's lease was lost
├── MoveForbidden      no operation ever goes from this state to that one
├── Unstorable         it holds a value that the store cannot
└── JournalUnavailable nothing was written: locked, full or unreachable
"""


class JournalError(Exception):
    """A group of changes that was not written; nothing of it was."""


class KeyTaken(JournalError):
    """The client already used this idempotency key for this operation: read that operation instead."""


class BusinessKeyTaken(JournalError):
    """A live operation already has this business identity: read that operation instead."""


class NumberTaken(JournalError):
    """Another object of ours holds this carrier number: the reply was perhaps meant for another request."""


class EventTaken(JournalError):
    """A genuine callback with this carrier's key of an event was dealt with before: this one repeats it."""


class Stale(JournalError):
    """The row is not in the expected state, version or fence any more: read it again."""


class MoveForbidden(JournalError):
    """The state machine has no such move; whoever asks for it is mistaken, and nothing is written."""


class Unstorable(JournalError):
    """A value is more than the store can hold (a number beyond 64 bits): its group is refused, the others are not."""


class JournalUnavailable(JournalError):
    """The store is locked, full or unreachable: answer 503 and send nothing."""
