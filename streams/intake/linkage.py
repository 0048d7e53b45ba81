"""Who is linked to whom, as far as one partition of intake is concerned; and a draft of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from streams.intake.lots import Identity
from streams.intake.paths import Path, ending, holding, packed, path_by, target_of, unpacked
from streams.records import Publication

LINKED, ONWARD, FOLLOWED = b"link/", b"onward/", b"followed/"


@dataclass(slots=True)
class Linkage:
    """`links`: alias → its links, `followers`: subject → partitions in which an alias is linked to it, both of subjects
    that are at home here; `onward`: target of such a link → its way, as its home told it.

    `paths`: alias → its way, where it has one, and `aliases`: target → who is or was linked to it, follow from these.
    """

    links: dict[str, dict[Identity, Publication]] = field(default_factory=dict)
    onward: dict[str, Path] = field(default_factory=dict)
    followers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)

    def restore(self, head: bytes, name: str, value: bytes) -> None:
        """Take one record of the state topic."""
        if head == LINKED:
            link = Publication.unpacked(value)
            self.links.setdefault(link.event.subject, {})[link.identity] = link
        elif head == ONWARD:
            self.onward[name] = unpacked(value)
        else:
            self.followers[name] = tuple(orjson.loads(value))

    def restored(self) -> None:
        """Derive what follows, once all of the state was taken."""
        for alias, links in self.links.items():
            link = holding(links.values())
            if link is not None:
                self.paths[alias] = path_by(link, self.onward[target_of(link)])
                self.aliases.setdefault(target_of(link), set()).add(alias)


class LinkageDraft:
    """What one decision changes of a linkage, which stays as it is until `install`."""

    def __init__(self, linkage: Linkage, changes: dict[bytes, bytes | None]) -> None:
        self._held, self._changes = linkage, changes
        self._links: dict[str, dict[Identity, Publication]] = {}
        self._onward: dict[str, Path] = {}
        self._followers: dict[str, tuple[int, ...]] = {}
        self._paths: dict[str, Path] = {}
        self._aliases: dict[str, set[str]] = {}

    def links(self, alias: str) -> dict[Identity, Publication]:
        return self._links.get(alias) or self._held.links.get(alias, {})

    def put(self, link: Publication) -> None:
        alias = link.event.subject
        if alias not in self._links:
            self._links[alias] = dict(self.links(alias))
        self._links[alias][link.identity] = link
        name = "/".join((alias, link.event.source, link.event.recordid))
        self._changes[LINKED + name.encode()] = link.packed()

    def path(self, subject: str) -> Path:
        """A subject's way as its followers were told it."""
        return self._paths.get(subject) or self._held.paths.get(subject) or ending(subject)

    def keep_path(self, subject: str, path: Path) -> None:
        self._paths[subject] = path

    def holding(self, alias: str) -> Publication | None:
        """The link that holds for an alias."""
        return holding(self.links(alias).values())

    def aliases(self, target: str) -> list[str]:
        """Who is linked to a target; also some that were."""
        return sorted(self._held.aliases.get(target, set()) | self._aliases.get(target, set()))

    def add_alias(self, target: str, alias: str) -> None:
        self._aliases.setdefault(target, set()).add(alias)

    def onward(self, target: str) -> Path | None:
        """A target's way; None while it is not followed yet."""
        return self._onward.get(target) or self._held.onward.get(target)

    def go_on(self, target: str, path: Path) -> None:
        self._onward[target] = path
        self._changes[ONWARD + target.encode()] = packed(path)

    def followers(self, subject: str) -> tuple[int, ...]:
        """Partitions to be told of a subject's way."""
        return self._followers.get(subject) or self._held.followers.get(subject, ())

    def add_follower(self, subject: str, partition: int) -> None:
        followers: Iterable[int] = {*self.followers(subject), partition}
        self._followers[subject] = tuple(sorted(followers))
        self._changes[FOLLOWED + subject.encode()] = orjson.dumps(self._followers[subject])

    def install(self) -> None:
        held = self._held
        held.links.update(self._links)
        held.onward.update(self._onward)
        held.followers.update(self._followers)
        held.paths.update(self._paths)
        for target, aliases in self._aliases.items():
            held.aliases.setdefault(target, set()).update(aliases)
