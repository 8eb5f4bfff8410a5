"""Metrics: declared once, rendered for Prometheus, never about a person."""

import pytest

from kernel.metrics import LATENCY_S, counter, histogram, render

TRIES = counter("test_tries", help="Tries of this test.", labels=("rule",))
WAIT_S = histogram("test_wait", unit="seconds", help="Waits of this test.", buckets=LATENCY_S)


def test_a_metric_is_rendered_with_unit_and_buckets() -> None:
    TRIES.labels(rule="window").inc()
    WAIT_S.observe(0.3)
    text = render().decode()
    assert 'jingyin_test_tries_total{rule="window"} 1.0' in text
    assert 'jingyin_test_wait_seconds_bucket{le="0.35"} 1.0' in text


def test_a_second_declaration_is_refused() -> None:
    with pytest.raises(ValueError, match="Duplicated"):
        counter("test_tries", help="Again.")


@pytest.mark.parametrize("label", ["call", "customer", "phone", "number_pii", "lead_id"])
def test_labels_that_name_individuals_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="would name a person or a call"):
        counter("test_personal", help="No.", labels=(label,))
