"""For how long the journal keeps what: two classes of data, each with its days."""

from msgspec import Struct

BUSINESS_DAYS = 1826
"""Five years: what supervisors ask to be kept of a sale and its evidence, counted from the end of what was sold."""
LOG_DAYS = 183
"""Half a year: what only tells how the gateway came to something."""
LOG_DAYS_MIN = 30
"""An idempotency key that may expire is promised for so long."""
DAYS_MAX = 36_525


class Retention(Struct, frozen=True, kw_only=True):
    """Days since something was over, by class; what is not over is kept however old it is."""

    business_days: int = BUSINESS_DAYS
    log_days: int = LOG_DAYS
