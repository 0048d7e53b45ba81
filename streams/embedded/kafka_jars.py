"""Apache Kafka's own jars: pinned by hash in kafka.json, fetched by Maven coordinates, cached for this user."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from streams.embedded.private_file import write_private
from streams.errors import Failure

DOWNLOADS_AT_ONCE = 6
TIMEOUT_S = 60


class NoKafka(Failure):
    """Kafka's jars cannot be had."""

    exit_code = 13


def cache_folder() -> Path:
    """XDG_CACHE_HOME/huiyu, by default ~/.cache/huiyu."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "huiyu"


def class_path() -> list[Path]:
    """Kafka's jars, downloaded the first time, each with the content that kafka.json names. Raises NoKafka."""
    pinned = resources.files("streams.embedded").joinpath("kafka.json").read_text("utf-8")
    lock = json.loads(pinned)
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        known = folder / f"kafka-{hashlib.sha256(pinned.encode()).hexdigest()[:16]}.classpath"
        with _alone(folder / "kafka.lock"):
            jars = _known(known)
            if not jars:
                jars = _fetched(lock, folder / "maven")
                write_private(known, "\n".join(map(str, jars)) + "\n")
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; no home, a coordinate that nobody has
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise NoKafka(f"Apache Kafka {lock['version']} cannot be fetched into the cache: {reason}") from error
    return jars


def _known(path: Path) -> list[Path]:
    """The jars that were fetched and checked before, if none has gone since."""
    if not path.exists():
        return []
    jars = [Path(line) for line in path.read_text().splitlines()]
    return jars if all(jar.exists() for jar in jars) else []


def _fetched(lock: dict[str, Any], folder: Path) -> list[Path]:
    from jgo.constants import default_maven_repo
    from jgo.maven import MavenContext, PythonResolver

    print(f"huiyu: fetching Apache Kafka {lock['version']}, once for this user …", file=sys.stderr, flush=True)
    context = MavenContext(PythonResolver(), folder, [default_maven_repo()], timeout=TIMEOUT_S)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        return list(pool.map(partial(_jar, context), lock["jars"], lock["jars"].values()))


def _jar(context: Any, coordinate: str, sha256: str) -> Path:
    """One jar; a download that was cut off or altered is fetched once more. Raises NoKafka."""
    group, artifact, version = coordinate.split(":")
    wanted = context.project(group, artifact).at_version(version).artifact()
    path = Path(wanted.resolve())
    if _digest(path) != sha256:
        wanted.cached_path.unlink(missing_ok=True)
        path = Path(context.resolver.download(wanted))
    if _digest(path) != sha256:
        path.unlink()
        raise NoKafka(f"{coordinate} does not have the content that kafka.json pins: sha256 {sha256}")
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two stacks that start at once download once."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
