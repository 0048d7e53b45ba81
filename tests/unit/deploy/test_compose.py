"""docker-compose.yml: its form, strictly, and that what it names is there. Docker itself is not here to ask."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata
from typing import Any

import jsonschema
import pytest
from typer.main import get_command

from streams.cli import build
from streams.settings import Settings
from tests.support.compose import ROOT, compose, own, services, stages

NAME = r"^[a-z][a-z0-9_-]*$"
DURATION, SIZE = {"type": "string", "pattern": r"^\d+(s|m)$"}, {"type": "string", "pattern": r"^\d+(m|g)$"}
STRINGS = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "uniqueItems": True}
COMMAND = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
CONDITION = {"enum": ["service_healthy", "service_completed_successfully"]}


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def named(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": {NAME: schema}, "additionalProperties": False, "minProperties": 1}


HEALTHCHECK = {"test": {"type": "array", "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}], "items": {"type": "string"}}}
HEALTHCHECK |= {"retries": {"type": "integer"}, "interval": DURATION, "timeout": DURATION, "start_period": DURATION}
SERVICE = closed(
    {
        "image": {"type": "string", "pattern": r"^([a-z0-9-]+/)?[a-z0-9-]+:\d[\w.-]*$"},  # no host; a version
        "pull_policy": {"enum": ["never"]},
        "hostname": {"type": "string"},
        "user": {"type": "string", "pattern": r"^(appuser|[1-9]\d*:[1-9]\d*)$"},
        "init": {"type": "boolean"},
        "read_only": {"type": "boolean"},
        "tmpfs": STRINGS,
        "cap_drop": STRINGS,
        "security_opt": STRINGS,
        "ulimits": named({"type": "integer"}),
        "networks": STRINGS,
        "ports": {**STRINGS, "items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}},
        "secrets": STRINGS,
        "volumes": {
            **STRINGS,
            "items": {"type": "string", "pattern": r"^(\./[\w./-]+:/[\w./-]+:ro|[\w-]+:/[\w./-]+)$"},
        },
        "entrypoint": COMMAND,
        "command": COMMAND,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        "restart": {"enum": ["no", "unless-stopped"]},
        "stop_grace_period": DURATION,
        "mem_limit": SIZE,
        "cpus": {"type": "number"},
        "pids_limit": {"type": "integer"},
        "logging": closed({"driver": {"enum": ["json-file"]}, "options": {"type": "object"}}, "driver", "options"),
        "healthcheck": closed(HEALTHCHECK, *HEALTHCHECK),
        "depends_on": named(closed({"condition": CONDITION}, "condition")),
    },
    *("image", "user", "networks", "environment", "restart", "mem_limit", "cpus", "logging"),
)
FILE = closed(
    {
        "name": {"type": "string", "pattern": NAME},
        "services": named(SERVICE),
        "networks": named(closed({"internal": {"type": "boolean"}})),
        "volumes": named(closed({})),
        "secrets": named(closed({"file": {"type": "string", "pattern": r"^\./secrets/[a-z_]+$"}}, "file")),
    },
    *("name", "services", "networks", "volumes", "secrets"),
)


def test_the_file_has_the_form_of_the_compose_specification() -> None:
    """The keys that are used here, with the types that the specification gives them; anything else is an error."""
    read = {name: value for name, value in compose().items() if not name.startswith("x-")}
    jsonschema.Draft202012Validator(FILE).validate(read)


@pytest.mark.parametrize("spoilt", ["ports", "user", "image", "privileged"])
def test_the_form_is_strict(spoilt: str) -> None:
    wrong = {"ports": ["9094:9094"], "user": "0:0", "image": "host.example/kafka:latest", "privileged": True}
    read = {"name": "huiyu", **{name: compose()[name] for name in ("services", "networks", "volumes", "secrets")}}
    read["services"]["kafka"][spoilt] = wrong[spoilt]
    assert not jsonschema.Draft202012Validator(FILE).is_valid(read)


def test_whatever_a_service_names_is_declared_or_a_file() -> None:
    read = compose()
    for service in services().values():
        assert {*service["networks"]} <= {*read["networks"]}
        assert {*service.get("secrets", ())} <= {*read["secrets"]}
        assert {*service.get("depends_on", ())} <= {*read["services"]}
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in read["volumes"]


def test_every_stage_and_every_job_runs_a_command_of_ours() -> None:
    assert {name for name, service in stages().items() if service["command"] == ["run", name]} == {*stages()}
    assert {*stages()} == {"intake", "timeline", "centers", "sink", "clock", "serve"}
    assert {*own()} - {*stages()} == {"topics", "store"}
    for service in own().values():
        parse(service["command"])


def parse(arguments: list[str]) -> None:
    """Parse as `huiyu` does, to the last argument; runs nothing."""
    command, context, name, rest = get_command(build()), None, "huiyu", list(arguments)
    while hasattr(command, "resolve_command"):
        context = command.make_context(name, rest, parent=context)
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context(name, rest, parent=context)


def test_a_command_that_is_none_of_ours_is_noticed() -> None:
    for wrong in (["run", "nonsense"], ["topics", "fly"], ["store", "migrate", "now"]):
        with pytest.raises(Exception, match=r"nonsense|fly|now"):
            parse(wrong)


def test_every_variable_is_a_setting_of_ours_or_is_documented() -> None:
    ours = {f"HUIYU_{name.upper()}" for name in Settings.model_fields} | {"HUIYU_READY_FILE"}
    documented = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    for service in services().values():
        foreign = {*service["environment"]} - ours
        assert not (foreign and service["image"].startswith("huiyu:")), foreign
        assert [name for name in foreign if f"`{name}`" not in documented] == []


def test_the_settings_are_read_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in services()["sink"]["environment"].items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.kafka, settings.partitions) == ("kafka:9092", Settings.model_fields["partitions"].default)
    assert settings.clickhouse == "http://huiyu@clickhouse:8123"
    assert str(settings.clickhouse_password_file) == "/run/secrets/clickhouse_password"


def test_only_who_needs_the_stores_password_is_given_it() -> None:
    with_secret = {name for name, service in services().items() if service.get("secrets")}
    assert with_secret == {"clickhouse", "store", "sink", "serve"}
    for name, service in own().items():
        assert ("HUIYU_CLICKHOUSE" in service["environment"]) == (name in with_secret)


def test_stages_start_when_the_jobs_are_done_and_come_back_when_they_end() -> None:
    for name, service in stages().items():
        assert service["restart"] == "unless-stopped"
        assert "healthcheck" in service
        needs = {"topics", "store"} if name in ("sink", "serve") else {"topics"}
        assert service["depends_on"] == {job: {"condition": "service_completed_successfully"} for job in needs}
    for job, base in (("topics", "kafka"), ("store", "clickhouse")):
        assert services()[job]["restart"] == "no"
        assert services()[job]["depends_on"] == {base: {"condition": "service_healthy"}}
        assert "healthcheck" in services()[base]


def test_our_containers_can_change_nothing_and_reach_nothing_else() -> None:
    for name, service in own().items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        if name == "serve":
            continue
        assert [compose()["networks"][network] for network in service["networks"]] == [{"internal": True}]
        assert "ports" not in service
        assert "volumes" not in service
    serve = own()["serve"]  # it is reached, from this machine, and it keeps hashes of tokens, nothing else
    assert (serve["networks"], serve["ports"]) == (["pipeline", "loopback"], ["127.0.0.1:8080:8080"])
    assert serve["environment"]["HUIYU_SERVE_PORT"] == "8080"
    (volume,) = serve["volumes"]
    assert volume == f"serve-data:{serve['environment']['HUIYU_DATA']}"
    assert all(service["environment"]["HUIYU_READY_FILE"] == "/tmp/ready" for service in stages().values())
    assert all(service["tmpfs"] == ["/tmp"] for service in stages().values())


def test_the_versions_are_those_that_the_tests_run_with() -> None:
    images = {name: service["image"] for name, service in services().items()}
    kafka = json.loads((ROOT / "streams" / "embedded" / "kafka.json").read_text("utf-8"))
    assert images["kafka"] == f"apache/kafka:{kafka['version']}"
    engine = re.match(r"\d+\.\d+", metadata.version("chdb-core"))
    assert engine
    assert images["clickhouse"] == f"clickhouse/clickhouse-server:{engine[0]}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {images[name] for name in own()} == {f"huiyu:{project['version']}"}
