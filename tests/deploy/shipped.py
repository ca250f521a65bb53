"""The shipped files around the library, and what their queries name."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from atomicpos.observers.prometheus.declared import DECLARED, Kind

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARD = DEPLOY / "grafana" / "atomicpos.json"
LABELS = {
    series: {*metric.labels, *({"le"} if series.endswith("_bucket") and metric.kind is Kind.HISTOGRAM else ())}
    for metric in DECLARED for series in metric.series
}
"""The labels of every series that is scraped."""
NAMED = re.compile(r"\b((?:atomic|atomicpos|position|rollback)_[a-z_]+)\b(?:\{([^}]*)\})?")
MATCHED = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
BY = re.compile(r"\bby \(([^)]*)\)")
STRING = re.compile(r'"[^"]*"')


def binary(name: str) -> str:
    """Where that program is; the test is skipped, and so fails in .ci/run, without it."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install prometheus prometheus-alertmanager")
    return path


def rules() -> list[dict[str, Any]]:
    """Every alert rule."""
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def queries() -> Iterator[tuple[str, str]]:
    """Every query that is shipped, with where it stands."""
    for rule in rules():
        yield f"alert {rule['alert']}", rule["expr"]
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            yield f"panel {panel['title']}", target["expr"]


def misnamed(query: str) -> list[str]:
    """What the query names that does not exist: a metric, a label of a selector, a label to aggregate by."""
    found, labels = [], set()
    for name, selector in NAMED.findall(STRING.sub('""', query)):
        if name not in LABELS:
            found.append(f"no metric {name}")
            continue
        labels |= LABELS[name]
        found += [f"no label {label} on {name}" for label in MATCHED.findall(selector) if label not in LABELS[name]]
    for by in BY.findall(query):
        found += [f"no label {label.strip()} to aggregate by" for label in by.split(",") if label.strip() not in labels]
    if not labels:
        found.append("it names no metric of ours")
    return found
