"""What monitoring asks a backend for, at `/metrics`, in the format of Prometheus.

Labels are of few values: names of functions that there are, kinds, outcomes, statuses. What strangers may make up, such
as the name of a function that there is not, is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from convexgen.dev.told_engine import FinishedCall
from convexgen.production.access_log import Answered
from convexgen.runtime.calls import Failure
from convexgen.runtime.engine.health import Health
from convexgen.runtime.server.authorization import Access

PATH: Final = "/metrics"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """Any thread may tell it. `exists` says whether there is a function at a path, `health` how the engine is."""

    def __init__(self, exists: Callable[[str], bool], health: Callable[[], Health]) -> None:
        self._exists = exists
        self._health = health
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "convexgen_function_calls",
            "Functions that were run for clients, schedules and routes.",
            ["kind", "function", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "convexgen_function_seconds",
            "How long they took.",
            ["kind"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._requests = Counter(
            "convexgen_requests", "Requests that were answered.", ["status"], registry=self._registry
        )

        self._registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """What the engine counts by itself, as `CollectorRegistry` asks for it."""
        health = self._health()
        for name, about, counted in (
            ("cache_hits", "Queries that were answered without being run.", health.cache_hits),
            ("query_runs", "Queries that were run.", health.query_runs),
            ("conflicts", "Runs of mutations that came to nothing because of others.", health.conflicts),
            ("commits", "Transactions that were committed.", health.commits),
        ):
            yield CounterMetricFamily(f"convexgen_{name}", about, counted)
        yield GaugeMetricFamily("convexgen_cache_bytes", "What the results kept for others take.", health.cache_bytes)
        yield GaugeMetricFamily("convexgen_subscriptions", "Queries that somebody follows.", health.subscriptions)

    def finished(self, call: FinishedCall) -> None:
        """A function was run, or was to be."""
        function = call.path if self._exists(call.path) else ""
        outcome = "failure" if isinstance(call.outcome, Failure) else "success"
        self._calls.labels(call.kind, function, outcome).inc()
        self._seconds.labels(call.kind).observe(call.seconds)

    def answered(self, request: Answered) -> None:
        self._requests.labels(str(request.status)).inc()

    def text(self) -> bytes:
        """All there is, as Prometheus reads it."""
        return generate_latest(self._registry)

    def route(self, access: Access) -> Route:
        """For administrators: Prometheus sends a key where `authorization` of its configuration has type `Convex`."""

        async def answer(request: Request) -> Response:
            await access.check_administrator(request)
            return Response(self.text(), headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})

        return Route(PATH, answer, methods=["GET"])
