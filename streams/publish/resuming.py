"""Begins the publication of files, or goes on with one that was interrupted: what is kept of it, what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from streams.publish.lines import STDIN
from streams.publish.progress import NotResumable, Places, Progress, load, progress_file
from streams.publish.read_back import MayNotRead, SourceTopics, There
from streams.publish.resumable import Resumable, TakesEvents

Note = Callable[[str], None]


def begin(files: Iterable[str], servers: str, publisher: TakesEvents, resume: bool, note: Note) -> Resumable:
    """A publication of the files from their beginning, or (`resume`) from where it was interrupted.

    Raises NotResumable, Unreadable, BrokerAway.
    """
    names = [name for name in files if name != STDIN and Path(name).is_file()]
    if not names:
        return Resumable(publisher, {}, {}, note)
    kept = {name: progress for name in names if (progress := load(name)) is not None} if resume else {}
    if resume and not kept:
        raise NotResumable(f"nothing is known of an interrupted publication ({progress_file(names[0])} is not there)")
    if not resume:
        _tell_of_interrupted(names, note)
    with SourceTopics(servers) as topics:
        there = _read_back(topics, kept, note)
        ends = _ends(topics)
    fresh = {name: Progress(next=ends) for name in names if name not in kept}
    return Resumable(publisher, {**fresh, **kept}, there, note)


def _tell_of_interrupted(names: Iterable[str], note: Note) -> None:
    for name in names:
        if progress_file(name).exists():
            note(f"{name} was interrupted before: it is published from its beginning; --resume goes on where it was")


def _read_back(topics: SourceTopics, kept: Mapping[str, Progress], note: Note) -> There:
    try:
        return topics.since(earliest(kept.values())) if kept else {}
    except MayNotRead:
        note("this user may not read the topics back: what was on its way when it was interrupted is sent again")
        return {}


def _ends(topics: SourceTopics) -> Places:
    """None known where this user may not even ask: then what is on its way at an interruption is sent again."""
    try:
        return topics.ends()
    except MayNotRead:
        return {}


def earliest(kept: Iterable[Progress]) -> list[tuple[str, int, int]]:
    """(topic, partition, offset) from which on what was sent last may lie."""
    first: dict[tuple[str, int], int] = {}
    for progress in kept:
        for topic, places in progress.next.items():
            for partition, at in places.items():
                first[topic, partition] = min(at, first.get((topic, partition), at))
    return [(topic, partition, at) for (topic, partition), at in first.items()]
