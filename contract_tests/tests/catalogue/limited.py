"""Why a channel does not take a request, as its limits alone say."""

from gateway.catalogue.facts import Facts
from gateway.catalogue.limits import checks_of
from gateway.catalogue.products import Binding


def beyond_limits(binding: Binding, facts: Facts) -> str | None:
    """What the first of its checks says; None when the channel takes it."""
    return next((why for check in checks_of(binding.limits) if (why := check(binding, facts))), None)
