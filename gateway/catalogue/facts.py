"""What limits and rates look at in one request, each worked out once however many channels ask."""

from datetime import date, datetime
from functools import cached_property

from gateway.catalogue.measures import age_of, days_of, lies_in, objects_amount, sum_insured
from gateway.model import Coverage, Money
from gateway.model.period import local_date
from gateway.model.proposal import ProposalTerms
from gateway.model.roles import Insured


class Facts:
    """A request at an instant, measured; what nobody said is None."""

    def __init__(self, request: ProposalTerms, at: datetime) -> None:
        """Measure nothing before it is asked for."""
        self.request, self.at = request, at
        self._days: dict[str, date] = {}
        self._regions: dict[tuple[str, ...], bool] = {}

    @cached_property
    def sum_insured(self) -> Money | None:
        """All sums insured together."""
        return sum_insured(self.request.coverages)

    @cached_property
    def objects_amount(self) -> Money | None:
        """What the insured objects cost together."""
        return objects_amount(self.request.objects)

    @cached_property
    def days(self) -> int | None:
        """Whole days of cover."""
        return days_of(self.request.period)

    @cached_property
    def begin(self) -> datetime:
        """The beginning of the cover, or the instant of the request."""
        return self.request.period.start if self.request.period else self.at

    @cached_property
    def ages(self) -> tuple[int, ...]:
        """The ages of the insured persons that are known, when cover begins."""
        return tuple(age for each in self.request.insureds if (age := self.age(each)) is not None)

    def age(self, insured: Insured) -> int | None:
        """The age of one insured when cover begins."""
        return age_of(insured, self.begin)

    def insured_for(self, coverages: tuple[Coverage, ...], code: str | None = None) -> Money | None:
        """The sum insured of some coverages; those of the request are measured once."""
        if code is None and coverages is self.request.coverages:
            return self.sum_insured
        return sum_insured(coverages, code)

    def day(self, zone: str) -> date:
        """The business date of the request in a zone."""
        if zone not in self._days:
            self._days[zone] = local_date(self.at, zone)
        return self._days[zone]

    def lies_in(self, regions: tuple[str, ...]) -> bool:
        """Whether the policyholder lives in one of some regions, as far as that is known."""
        if regions not in self._regions:
            self._regions[regions] = lies_in(getattr(self.request, "policyholder", None), regions)
        return self._regions[regions]
