"""The server's configuration: the embedded store's users and limits, hashes of the secrets, the same DDL."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from streams.embedded.store.access import ANALYST_LIMITS, users
from streams.settings import Settings
from streams.store.migrate import files
from tests.support.compose import ROOT

FOLDER = ROOT / "deploy" / "clickhouse-server"
VARIABLES = {"huiyu": "CLICKHOUSE_HUIYU_SHA256", "analyst": "CLICKHOUSE_ANALYST_SHA256"}


def xml(name: str) -> ElementTree.Element:
    root = ElementTree.parse(FOLDER / name).getroot()
    assert root.tag == "clickhouse"
    return root


def test_the_users_are_the_embedded_stores_and_no_other() -> None:
    found = {user.tag: user for user in xml("users.d/huiyu.xml").iterfind("users/*")}
    assert found.pop("default").attrib == {"remove": "remove"}
    assert {*found} == {*users("", "")}
    for name, user in found.items():
        (password,) = [part for part in user if part.tag.startswith("password")]
        assert (password.tag, password.attrib) == ("password_sha256_hex", {"from_env": VARIABLES[name]})


def test_the_analyst_may_only_read_within_the_embedded_stores_limits() -> None:
    root = xml("users.d/huiyu.xml")
    assert root.findtext("users/analyst/profile") == "analyst"
    assert {limit.tag: limit.text for limit in root.iterfind("profiles/analyst/*")} == ANALYST_LIMITS
    grants = [query.text for query in root.iterfind("users/analyst/grants/query")]
    assert grants == ["GRANT SELECT ON huiyu.*", "GRANT SELECT ON huiyu_store.*"]


def test_what_the_server_logs_of_queries_is_not_kept_for_ever() -> None:
    for log in xml("config.d/huiyu.xml"):
        assert log.tag.endswith("_log")
        assert log.attrib == {"remove": "remove"} or "30 DAY DELETE" in (log.findtext("ttl") or "")


def started(folder: Path) -> subprocess.CompletedProcess[str]:
    """start.sh with its two fixed paths under `folder`, and an entrypoint that tells its variables."""
    entrypoint = folder / "entrypoint"
    entrypoint.write_text('#!/bin/sh\nenv | grep SHA256\necho "$@"\n')
    entrypoint.chmod(0o755)
    script = (FOLDER / "start.sh").read_text("utf-8")
    script = script.replace("/run/secrets", str(folder)).replace("/entrypoint.sh", str(entrypoint))
    return subprocess.run(
        ["/bin/bash", "-c", script, "start", "an", "argument"], capture_output=True, text=True, check=False
    )


def test_the_server_gets_hashes_of_the_passwords_that_the_stages_read(tmp_path: Path) -> None:
    (tmp_path / "clickhouse_password").write_text(" pass%word'\n")
    (tmp_path / "clickhouse_analyst_password").write_text("other")
    expected = {
        f"{VARIABLES[name]}={hashlib.sha256(password.encode()).hexdigest()}"
        for name, password in (("huiyu", " pass%word'"), ("analyst", "other"))
    }
    assert {*started(tmp_path).stdout.splitlines()} == expected | {"an argument"}


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_without_a_password_the_server_does_not_start(text: str | None, tmp_path: Path) -> None:
    (tmp_path / "clickhouse_password").write_text("pass")
    if text is not None:
        (tmp_path / "clickhouse_analyst_password").write_text(text)
    done = started(tmp_path)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "clickhouse_analyst_password" in done.stderr


def test_a_server_is_given_the_same_ddl_as_the_embedded_store() -> None:
    assert [*files(Settings(clickhouse="http://huiyu@clickhouse:8123"))] == [*files(Settings(clickhouse=None))]
    assert [path.name for path in sorted((ROOT / "deploy" / "clickhouse").iterdir())] == [
        n for n, _ in files(Settings())
    ]
