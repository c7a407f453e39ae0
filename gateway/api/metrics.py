"""What operators watch, in Prometheus' text format; every label is a name of ours, never a value of a request."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.api.reply import Reply, page
from gateway.channel.call import Answer, Exchange
from gateway.model.events import DeliveryState
from gateway.model.outcome import OutcomeKind
from gateway.model.states import OperationState, OrphanState
from gateway.service.events.delivery import Ending

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class _Orphans(Collector):
    """Orphans as the journal counts them: the total never falls, and is the same from every gateway that shares it."""

    def __init__(self, counts: Mapping[OrphanState, int]) -> None:
        self._counts = counts

    def collect(self) -> Iterable[Metric]:
        about = "Successes told after the caller was told that there is none: each is a breach of promise"
        total = CounterMetricFamily("insurehub_orphans", about)
        total.add_metric([], sum(self._counts.values()))
        open_ones = GaugeMetricFamily(
            "insurehub_orphans_in_state", "Orphans by what has become of them", labels=["state"]
        )
        for state in OrphanState:
            open_ones.add_metric([state.value], self._counts.get(state, 0))
        return total, open_ones


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        """Register everything; label children are looked up once and kept, which makes counting cheap."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "insurehub_requests", "Requests answered", ["operation", "status"], registry=self.registry
        )
        self._wait = Histogram(
            "insurehub_request_seconds",
            "From headers to answer",
            ["operation"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge("insurehub_requests_in_flight", "Requests under way", registry=self.registry)
        self._attempts = Counter(
            "insurehub_attempts", "Calls to carriers", ["channel", "operation", "outcome"], registry=self.registry
        )
        self._attempt_wait = Histogram(
            "insurehub_attempt_seconds", "One call to a carrier", ["channel"], buckets=_SECONDS, registry=self.registry
        )
        self._unmapped = Counter(
            "insurehub_unmapped_codes", "Replies with a code nobody has mapped", ["channel", "operation"],
            registry=self.registry,
        )  # fmt: skip
        self._operations = Gauge("insurehub_operations", "Operations in a state", ["state"], registry=self.registry)
        self._deliveries = Counter("insurehub_webhook_deliveries", "Webhooks sent", ["result"], registry=self.registry)
        self._undelivered = Gauge(
            "insurehub_webhook_undelivered", "Webhooks not delivered yet, or given up", ["state"],
            registry=self.registry,
        )  # fmt: skip
        self._oldest = Gauge(
            "insurehub_webhook_oldest_seconds", "How long the oldest webhook has waited", registry=self.registry
        )
        self._orphans: dict[OrphanState, int] = {}
        self.registry.register(_Orphans(self._orphans))
        self._counters: dict[tuple[str, int], Counter] = {}
        self._waits: dict[str, Histogram] = {}
        self._attempted: dict[tuple[str, str, OutcomeKind], tuple[Counter, Histogram]] = {}

    def answered(self, operation: str, status: int, wait_s: float) -> None:
        """Count one request."""
        counter = self._counters.get((operation, status))
        if counter is None:
            counter = self._counters[operation, status] = self._requests.labels(operation, status)
            self._waits[operation] = self._wait.labels(operation)
        counter.inc()
        self._waits[operation].observe(wait_s)

    def attempted(self, exchange: Exchange, answer: Answer) -> None:
        """Count one call to a carrier; a listener of the channels' audit layer."""
        outcome = answer.reply.outcome
        operation = exchange.step.operation
        key = (exchange.channel, operation, outcome.kind)
        found = self._attempted.get(key)
        if found is None:
            counter = self._attempts.labels(exchange.channel, operation, outcome.kind.value)
            found = self._attempted[key] = (counter, self._attempt_wait.labels(exchange.channel))
        found[0].inc()
        found[1].observe(answer.wait_s)
        if outcome.code == "carrier.unmapped":
            self._unmapped.labels(exchange.channel, operation).inc()

    def operations_are(self, counts: Mapping[OperationState, int]) -> None:
        """Set how many operations are in each state; a state left out has none."""
        for state in OperationState:
            self._operations.labels(state.value).set(counts.get(state, 0))

    def delivered(self, ending: Ending) -> None:
        """Count one sending of a webhook; a listener of the dispatcher."""
        self._deliveries.labels("delivered" if ending.is_success else "failed").inc()

    def deliveries_are(self, counts: Mapping[DeliveryState, int], oldest_s: float) -> None:
        """Set how many webhooks wait and how many are dead, and the age of the oldest that waits."""
        for state in (DeliveryState.waiting, DeliveryState.dead):
            self._undelivered.labels(state.value).set(counts.get(state, 0))
        self._oldest.set(oldest_s)

    def orphans_are(self, counts: Mapping[OrphanState, int]) -> None:
        """Set how many orphans there have been, by what has become of them."""
        self._orphans.clear()
        self._orphans.update(counts)

    def page(self) -> Reply:
        """Everything, as Prometheus reads it."""
        return page(generate_latest(self.registry), MEDIA_TYPE)
