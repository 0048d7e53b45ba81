"""docs/deployment.md says what docker-compose.yml does."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.compose import ROOT, own, services
from tests.support.pages import blocks, shell

PAGE = ROOT / "docs" / "deployment.md"
ROW = re.compile(r"^\| (`[^|]+`) \|[^|]+\| (\d+[mg]) \| (\d+) \|$", re.MULTILINE)


def test_the_limits_are_those_of_the_file() -> None:
    told = {
        name: (memory, int(processors))
        for names, memory, processors in ROW.findall(PAGE.read_text("utf-8"))
        for name in re.findall(r"`(\w+)`", names)
    }
    assert told == {name: (service["mem_limit"], service["cpus"]) for name, service in services().items()}


def test_the_image_is_built_under_the_name_that_the_file_uses() -> None:
    (image,) = {service["image"] for service in own().values()}
    for page in (PAGE, ROOT / "deploy" / "Dockerfile"):
        assert f"docker build --file deploy/Dockerfile --tag {image} ." in page.read_text("utf-8")


def test_the_secrets_are_made_as_the_page_says(tmp_path: Path) -> None:
    (script,) = blocks(PAGE, "sh")
    ran = shell(script, tmp_path)
    assert ran.returncode == 0, ran.stdout
    folder = tmp_path / "secrets"
    files = {file.name: file for file in folder.iterdir()}
    assert {*files} == set(services()["clickhouse"]["secrets"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o444}
    passwords = {file.read_text("ascii").strip() for file in files.values()}
    assert len(passwords) == len(files)
    assert all(re.fullmatch(r"[\w-]{32}", password) for password in passwords)
