"""Statuses and orders of workers are `spec/workers/kernel-workers.yml`."""

from __future__ import annotations

from typing import get_args

from duragraph_ext.models import WorkerInfo
from tests.spec.documents import load

SPEC = load("workers/kernel-workers.yml")


def test_the_statuses_are_those_of_the_database_and_the_api() -> None:
    statuses = list(SPEC["statuses"])
    assert load("models/entities.yml")["tables"]["workers"]["columns"]["status"]["values"] == statuses
    assert list(get_args(WorkerInfo.model_fields["status"].annotation)) == statuses


def test_the_orders_are_those_that_a_worker_hears() -> None:
    orders = load("async/asyncapi.yml")["channels"]["control"]["messages"]
    assert set(orders) == {"cancel", "attach", "drain"}
    for order in ("cancel", "drain"):
        assert order in str(SPEC), order
