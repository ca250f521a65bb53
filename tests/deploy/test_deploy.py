"""What is shipped around the library fits it: every query names what exists, every file it needs is there."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from shipped import ALERTS, DASHBOARD, DEPLOY, LABELS, binary, misnamed, queries, rules
from typer.main import get_command

from atomicpos import conditions, externals, troubles
from atomicpos.cli.commands import app
from atomicpos.errors import FAILURE_REASONS
from atomicpos.models import Leg, State
from atomicpos.observers.prometheus.declared import DECLARED
from atomicpos.ports import OutcomeKind

ROOT = DEPLOY.parent
WANTED = {
    "OrphanedPositionSuspected": "critical", "HighPositionVerificationLag": "warning",
    "ExposurePastDeadline": "critical",
    "ProtectedWithoutStop": "critical", "WatchdogSilent": "critical", "DatabaseUnavailable": "critical",
    "ExternalPosition": "warning", "StopRefused": "warning", "ClockSkew": "critical",
}  # fmt: skip
COMMAND = re.compile(r"^atomicpos ([a-z]+)", re.MULTILINE)


def ran(*words: str | Path) -> None:
    """Run it to its end; what it said is in the failure."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_fire_and_resolve_as_promtool_sees_it() -> None:
    """Each alert on series written by hand: before its time, in its time, after it."""
    tests = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
    ran(binary("promtool"), "test", "rules", *tests)
    tested = {t["alertname"] for path in tests for test in yaml.safe_load(path.read_text())["tests"]
              for t in test["alert_rule_test"] if t.get("exp_alerts")}  # fmt: skip
    assert tested == set(WANTED)


def test_the_configurations_are_taken() -> None:
    """By the programs that read them."""
    ran(binary("promtool"), "check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    ran(binary("promtool"), "check", "rules", ALERTS)
    ran(binary("amtool"), "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")


def test_there_is_an_alert_for_everything_that_needs_a_person() -> None:
    """With its severity, a summary, and a page that says what it means, how to look and what to do."""
    assert {rule["alert"]: rule["labels"]["severity"] for rule in rules()} == WANTED
    for rule in rules():
        page = ROOT / rule["annotations"]["runbook_url"]
        text = page.read_text()
        assert text.startswith(f"# {rule['alert']}\n\n{rule['labels']['severity'].capitalize()}.")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["What it means", "How to look", "What to do"]
        assert rule["annotations"]["summary"]


def test_the_two_that_were_asked_for_have_their_times() -> None:
    """Five minutes back and for one; over five seconds for two."""
    by_name = {rule["alert"]: rule for rule in rules()}
    orphan, lag = by_name["OrphanedPositionSuspected"], by_name["HighPositionVerificationLag"]
    assert (orphan["for"], lag["for"]) == ("1m", "2m")
    assert 'failure_reason="position_not_found"}[5m]' in orphan["expr"]
    assert "histogram_quantile(0.95" in lag["expr"]
    assert lag["expr"].strip().endswith("> 5")


def test_a_runbook_names_commands_that_exist() -> None:
    """Whoever is woken can type them."""
    commands = set(vars(get_command(app))["commands"])
    pages = [page for page in (ROOT / "docs" / "runbooks").glob("*.md") if page.name != "README.md"]
    assert len(pages) == len(WANTED)
    for page in pages:
        named = set(COMMAND.findall(page.read_text()))
        assert named
        assert named <= commands, page.name


@pytest.mark.parametrize(("where", "query"), list(queries()))
def test_a_query_names_metrics_that_exist(where: str, query: str) -> None:
    """And only labels that these have."""
    assert misnamed(query) == []


def test_a_query_selects_values_that_can_be() -> None:
    """Conditions that the engine alerts, reasons for which an open fails, states, outcomes and legs."""
    may_be = {
        "condition": {value for module in (conditions, externals, troubles) for value in vars(module).values()
                      if isinstance(value, str)},
        "failure_reason": FAILURE_REASONS, "state": set(State), "outcome": {*OutcomeKind, "ok"}, "leg": set(Leg),
        "success": {"true", "false"},
    }  # fmt: skip
    selected = {
        (label, value) for _, query in queries()
        for label, _, values in re.findall(r'([a-z_]+)\s*(=~|!=|=)\s*"([^"$]*)"', query) for value in values.split("|")
    }  # fmt: skip
    assert {label for label, _ in selected} >= {"condition", "failure_reason", "outcome", "leg"}
    assert [(label, value) for label, value in sorted(selected) if value not in may_be[label]] == []


def test_every_metric_is_on_the_dashboard() -> None:
    """What is measured is shown."""
    shown = " ".join(query for where, query in queries() if where.startswith("panel"))
    assert [metric.name for metric in DECLARED if metric.name not in shown] == []


def test_a_misspelled_query_is_found() -> None:
    """A metric, a label to select by, a label to aggregate by."""
    assert misnamed("sum(atomicpos_position)") == ["no metric atomicpos_position", "it names no metric of ours"]
    assert misnamed('atomicpos_positions{status="x"}') == ["no label status on atomicpos_positions"]
    assert misnamed("sum by (symbol) (atomicpos_positions)") == ["no label symbol to aggregate by"]
    assert misnamed("sum by (le) (rate(atomicpos_exposure_seconds_bucket[5m]))") == []
    assert len(LABELS) > len(DECLARED)


def test_the_dashboard_is_one_that_grafana_could_read() -> None:
    """Own ids, no panel over another, every panel with a title, a query and its data source. It was not run."""
    board = json.loads(DASHBOARD.read_text())
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels) >= 20
    cells = [
        (x, y) for p in panels
        for x in range(p["gridPos"]["x"], p["gridPos"]["x"] + p["gridPos"]["w"])
        for y in range(p["gridPos"]["y"], p["gridPos"]["y"] + p["gridPos"]["h"])
    ]  # fmt: skip
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert all(target["expr"] and target["datasource"] for panel in panels for target in panel["targets"])


def test_the_compose_file_mounts_what_is_there() -> None:
    """Every file it mounts exists, every volume is declared, every service depends on one that it has."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert set(compose["services"]) == {"postgresql", "upgrade", "watchdog", "prometheus", "alertmanager", "grafana"}
    for name, service in compose["services"].items():
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in compose["volumes"], name
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert "PASSWORD" not in str(service.get("command", "")).replace("PGPASSWORD", ""), name


def test_what_prometheus_is_told_to_scrape_is_what_the_watchdog_serves() -> None:
    """The port of one is the port of the other, and Alertmanager is where it is looked for."""
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    (job,) = scraped["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    service, _, port = target.partition(":")
    assert f"metrics=0.0.0.0:{port}" in compose[service]["command"]
    assert scraped["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["alertmanager:9093"]


def test_the_unit_is_one(tmp_path: Path) -> None:
    """systemd takes it where there is a systemd to ask; it starts the watchdog, and lets it end in order."""
    path = DEPLOY / "systemd" / "atomicpos-watchdog.service"
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text())
    command = unit["Service"]["ExecStart"]
    assert command.startswith("/opt/atomicpos/bin/atomicpos watch ")
    assert "ATOMICPOS_SECRET" not in command
    assert (unit["Service"]["KillSignal"], unit["Service"]["Restart"]) == ("SIGTERM", "always")
    assert int(unit["Service"]["TimeoutStopSec"]) > 10
    if (analyze := shutil.which("systemd-analyze")) is None:
        return
    copy = tmp_path / path.name
    copy.write_text(path.read_text().replace("/opt/atomicpos/bin/atomicpos", "/bin/true"))
    ran(analyze, "verify", "--man=no", copy)
