"""Statuses and orders of workers are `spec/workers/kernel-workers.yml`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import duragraph_kernel

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


def test_the_kernelspec_is_the_specified_one() -> None:
    folder = Path(duragraph_kernel.__file__).parents[1] / "kernelspec"
    kernelspec = json.loads((folder / "kernel.json").read_text())
    assert kernelspec["argv"][1:3] == ["-m", "duragraph_kernel"]
    project = (folder.parents[1] / "pyproject.toml").read_text()
    assert f"share/jupyter/kernels/{SPEC['kernel']['name']['value']}" in project


def test_the_keeper_takes_what_the_order_says() -> None:
    source = (Path(duragraph_kernel.__file__).parent / "keeper.py").read_text()
    assert set(re.findall(r'order\["(\w+)"\]', source)) == set(SPEC["lease"]["order"]["fields"])
    for word in SPEC["lease"]["answers"]:
        assert f'_tell("{word}")' in source
