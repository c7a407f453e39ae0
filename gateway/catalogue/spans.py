"""Reading `{ min, max }` of whole numbers and of amounts."""

from gateway.catalogue.fields import Fields
from gateway.catalogue.limits import MoneySpan, Span


def read_span(fields: Fields | None, most: int) -> Span | None:
    if fields is None:
        return None
    made = Span(min=fields.integer("min", least=0, most=most), max=fields.integer("max", least=0, most=most))
    if made.min is not None and made.max is not None and made.min > made.max:
        fields.fault("min", f"{fields.what}: min is above max")
    fields.done()
    return made


def read_money_span(fields: Fields | None) -> MoneySpan | None:
    if fields is None:
        return None
    made = MoneySpan(min=fields.money("min"), max=fields.money("max"))
    if made.min and made.max:
        if made.min.currency != made.max.currency:
            fields.fault("max", f"{fields.what}: min and max are in different currencies")
        elif made.max < made.min:
            fields.fault("min", f"{fields.what}: min is above max")
    fields.done()
    return made
