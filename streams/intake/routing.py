"""Which child a subject's records go to, as its registration and links come and go. Pure.

A subject's home tells both children of each change of its route, with an epoch that it counts; and the homes of those
that are linked to the subject of each change of the way on from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from schemas.identifiers import child_id
from schemas.internal import FOLLOW, KNOWN, PATH, ROUTE, pack
from streams import topics
from streams.intake.draft import Draft
from streams.intake.home import home_partition
from streams.intake.memory import Subject
from streams.intake.paths import Path, ending, hops_of, path_by, path_of, root_of, since_of, target_of
from streams.records import Publication, stronger
from streams.transport.port import Output, partition_of


class Routing:
    """Decides routes in a draft; `pending` collects subjects whose parked events may go now."""

    def __init__(self, draft: Draft, partition: int, partitions: int, pending: set[str]) -> None:
        self.draft, self.links = draft, draft.linkage
        self.partition, self.partitions = partition, partitions
        self.pending = pending
        self.outputs: list[Output] = []
        self._touched: dict[str, int] = {}

    def registered(self, subject: str, since: int) -> None:
        """A registration of the subject was published."""
        known = self.draft.subject(subject)
        if known is None:
            self._know(subject, Subject(True, child_id(subject), 0, since))
        elif not known.registered:
            self._know(subject, replace(known, registered=True))
            self._name(subject, since)

    def linked(self, link: Publication, since: int) -> None:
        """A link of a subject that is at home here was published, or its retraction."""
        alias = link.event.subject
        if not stronger(link, self.links.links(alias).get(link.identity)):
            return
        self.links.put(link)
        self._touch(alias, since)
        if self.draft.subject(alias) is None:
            self.settle()

    def told(self, message: Mapping[str, Any]) -> None:
        """What the home of another subject told through `exchange`."""
        kind, subject, since = message["t"], str(message["subject"]), int(message["a"])
        if kind == KNOWN and self.draft.subject(subject) is None:
            self._know(subject, Subject(False, child_id(subject), 0, since))
        elif kind == FOLLOW:
            self.links.add_follower(subject, int(message["by"]))
            path = self.links.path(subject)
            if path != ending(subject):
                self._tell_path(subject, path, int(message["by"]), since)
        elif kind == PATH:
            self.links.go_on(subject, path_of(message["path"]))
            for alias in self.links.aliases(subject):
                self._touch(alias, since)

    def _touch(self, alias: str, since: int) -> None:
        self._touched[alias] = max(since, self._touched.get(alias, 0))

    def settle(self) -> None:
        """Find the child of each alias whose way may have changed.

        Once for all links of a decision: to follow thousands of one alias one by one would hold up its neighbours.
        What was sent on before goes to the former child, which is told behind it to hand it over.
        """
        touched, self._touched = self._touched, {}
        for alias, since in touched.items():
            self._find(alias, since)

    def _find(self, alias: str, since: int) -> None:
        """Find the alias's child, and tell who goes by it, as it is known now."""
        link, known = self.links.holding(alias), self.draft.subject(alias)
        path = ending(alias) if link is None else path_by(link, self._onward(link, since))
        if known is not None or link is not None:
            self._route(alias, known, child_id(root_of(path)), max(since, since_of(path)))
        if path != self.links.path(alias):
            self.links.keep_path(alias, path)
            for partition in self.links.followers(alias):
                self._tell_path(alias, path, partition, since)
            self._name(alias, since)

    def _onward(self, link: Publication, since: int) -> Path:
        """The target's way; its home is asked to tell it, once for all aliases that are at home here."""
        target = target_of(link)
        self.links.add_alias(target, link.event.subject)
        onward = self.links.onward(target)
        if onward is None:
            onward = ending(target)
            self.links.go_on(target, onward)
            self._tell_home(FOLLOW, target, since, by=self.partition)
        return onward

    def _name(self, alias: str, since: int) -> None:
        """A registered alias makes its child one that exists: that subject's own home may not know it otherwise."""
        known, root = self.draft.subject(alias), root_of(self.links.path(alias))
        if known is not None and known.registered and root != alias:
            self._tell_home(KNOWN, root, max(since, known.since))

    def _route(self, alias: str, known: Subject | None, child: str, since: int) -> None:
        if known is not None and known.child == child:
            return
        before = known or Subject(False, child, 0, since)
        after = replace(before, child=child, epoch=before.epoch + 1, since=max(before.since, since))
        route = {"epoch": after.epoch, "child": child, "from": before.child, "v": after.since}
        for told in sorted({before.child, child}):
            self.to_child(told, pack({"t": ROUTE, "subject": alias, **route}))
        self._know(alias, after)

    def _know(self, subject: str, known: Subject) -> None:
        self.draft.know_subject(subject, known)
        if self.draft.lot(subject):
            self.pending.add(subject)

    def to_child(self, child: str, value: bytes) -> None:
        partition = partition_of(child, self.partitions)
        self.outputs.append(Output(topics.CHILD_EVENTS, partition, child.encode(), value))

    def _tell_home(self, kind: str, subject: str, since: int, **more: Any) -> None:
        self._exchange(home_partition(subject, self.partitions), kind, subject, since, more)

    def _tell_path(self, subject: str, path: Path, partition: int, since: int) -> None:
        self._exchange(partition, PATH, subject, since, {"path": hops_of(path)})

    def _exchange(self, partition: int, kind: str, subject: str, since: int, more: Mapping[str, Any]) -> None:
        self.draft.stir()
        value = pack({"t": kind, "subject": subject, "a": since, **more})
        self.outputs.append(Output(topics.EXCHANGE, partition, subject.encode(), value))
