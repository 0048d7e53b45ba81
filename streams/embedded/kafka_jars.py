"""Apache Kafka's own jars, resolved by Maven coordinates in pure Python and cached for this user."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.errors import Failure

GROUP, ARTIFACT, VERSION = "org.apache.kafka", "kafka_2.13", "4.3.1"
SCOPES = ("compile", "runtime")
LOGGING = ("org.slf4j", "slf4j-simple", "1.7.36")
"""Kafka's own dependencies name no logger: without one the broker would fail in silence."""


class NoKafka(Failure):
    """Kafka's jars cannot be had."""

    exit_code = 13


def cache_folder() -> Path:
    """XDG_CACHE_HOME/huiyu, by default ~/.cache/huiyu."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "huiyu"


def class_path() -> list[Path]:
    """Kafka's jars, downloaded the first time. Raises NoKafka."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / f"kafka-{VERSION}.classpath"
    with _alone(folder / "kafka.lock"):
        jars = _known(known)
        if not jars:
            jars = _resolved()
            known.write_text("\n".join(map(str, jars)) + "\n")
    return jars


def _known(path: Path) -> list[Path]:
    if not path.exists():
        return []
    jars = [Path(line) for line in path.read_text().splitlines()]
    return jars if all(jar.exists() for jar in jars) else []


def _resolved() -> list[Path]:
    from jgo.maven import MavenContext, Model, PythonResolver

    try:
        context = MavenContext(resolver=PythonResolver())
        component = context.project(GROUP, ARTIFACT).at_version(VERSION)
        dependencies = Model(component.pom(), context).dependencies()[0]
        jars = [component.artifact().resolve()]
        jars += [d.artifact.resolve() for d in dependencies if d.scope in SCOPES]
        group, artifact, version = LOGGING
        jars.append(context.project(group, artifact).at_version(version).artifact().resolve())
    except Exception as error:
        raise NoKafka(f"Apache Kafka {VERSION} cannot be downloaded ({type(error).__name__}: {error})") from error
    return [Path(jar) for jar in jars]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two stacks that start at once download once."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def cluster_id(folder: Path) -> str:
    """Kafka wants 16 bytes in base64url that do not begin with a dash; stable for a folder."""
    digest = hashlib.sha256(str(folder).encode()).digest()[:16]
    return "H" + base64.urlsafe_b64encode(digest).decode().rstrip("=")[1:]
