"""Metrics: declared once, at module level, with a unit and (for histograms) buckets; served by the console.

    RESPONSE_S = histogram("response", unit="seconds", help="End of speech to first robot sample.", buckets=LATENCY_S)
    RESPONSE_S.observe(0.31)
    DENIED = counter("quota_denials", help="Attempts refused.", labels=("rule",))
    DENIED.labels(rule="window").inc()

Labels name kinds (rule, cause, queue), never a person, a number or a call: that would be personal data, and without end.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY: Final = CollectorRegistry()
LATENCY_S: Final = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 2.0, 5.0)
DURATION_S: Final = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)

_PERSONAL: Final = frozenset({"pii", "number", "phone", "customer", "lead", "call", "leg", "subject", "user"})


def counter(name: str, *, help: str, labels: tuple[str, ...] = ()) -> Counter:
    """Declare `jingyin_NAME_total`, a count that only grows."""
    return Counter(name, help, _allowed(labels), namespace="jingyin", registry=REGISTRY)


def gauge(name: str, *, help: str, unit: str = "", labels: tuple[str, ...] = ()) -> Gauge:
    """Declare `jingyin_NAME[_UNIT]`, a level that goes up and down."""
    return Gauge(name, help, _allowed(labels), namespace="jingyin", unit=unit, registry=REGISTRY)


def histogram(
    name: str, *, help: str, unit: str, buckets: tuple[float, ...], labels: tuple[str, ...] = ()
) -> Histogram:
    """Declare `jingyin_NAME_UNIT`, a distribution; `buckets` are upper bounds in `unit`."""
    return Histogram(name, help, _allowed(labels), namespace="jingyin", unit=unit, buckets=buckets, registry=REGISTRY)


def render() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


def _allowed(labels: tuple[str, ...]) -> tuple[str, ...]:
    for label in labels:
        if _PERSONAL.intersection(label.split("_")):
            raise ValueError(f"metric label {label!r} would name a person or a call; label kinds, not individuals")
    return labels
