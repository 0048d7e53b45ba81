"""How a child comes to have several subjects, who says so and when, and what goes wrong in saying it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from streams.simulate.aliases import Aliases
from streams.simulate.books import Books
from streams.simulate.facilities import BUREAU, Facilities
from streams.simulate.lives import ChildLife
from streams.simulate.plan import Plan

Story = tuple[Callable[[ChildLife, date], None], int]
"""What happens, beginning on a day, and to one child of how many."""


def make_links(plan: Plan, books: Books, places: Facilities, children: list[ChildLife], random: Random) -> None:
    """A few children in a hundred get further subjects; under faults some links are wrong, undone or contradictory."""
    here = [child for child in children if child.left is None and child.arrived <= plan.until - timedelta(days=9)]
    told = Linking(plan, Aliases(plan, books, places, random), here, random)
    stories = told.life()
    stories += told.slips() if plan.faults != "none" else []
    stories += told.faults() if plan.faults == "heavy" else []
    for story, one_in in stories:
        for _ in range(max(1, plan.children // one_in) if here else 0):
            child = random.choice(here)
            story(child, told.some_day(child))


@dataclass
class Linking:
    """Each method is a story of one child that begins on a day."""

    plan: Plan
    say: Aliases
    children: list[ChildLife]
    random: Random

    def life(self) -> list[Story]:
        """What happens everywhere, each to one child of so many."""
        return [
            *((self.known_by_three, 100), (self.registered_twice, 100)),
            *((self.told_by_another, 120), (self.linked_first, 250)),
        ]

    def slips(self) -> list[Story]:
        """What is put right again."""
        return [(self.overtaken, 200), (self.split, 300), (self.redirected, 300)]

    def faults(self) -> list[Story]:
        """What stays contradictory."""
        return [
            *((self.contradicted, 150), (self.going_round, 200), (self.to_itself, 300)),
            *((self.disputed, 200), (self.one_number, 200)),
        ]

    def some_day(self, child: ChildLife) -> date:
        """A day on which the child is here, with some of the county's days behind it."""
        first = max(self.plan.first_day, child.arrived)
        return first + timedelta(days=self.random.randrange((self.plan.until - first).days * 2 // 3))

    def known_by_three(self, child: ChildLife, day: date) -> None:
        """A centre's number, perhaps a hospital's, a birth certificate, the child's own: each linked to the next."""
        names = [*(self.say.alias(scheme) for scheme in ("local", "local", "birth-cert")[self.random.randrange(2) :])]
        self.say.measured(names[0], day)
        for alias, to in zip(names, [*names[1:], child.subject], strict=True):
            self.say.visit(child, alias, day)
            self.say.link(child, alias, to, self.say.within(day, 8))

    def registered_twice(self, child: ChildLife, day: date) -> None:
        """A second clinic registered the child under a number of its own; later it finds out who that is."""
        alias = self.say.alias("local")
        self.say.registration(child, alias, day)
        self.say.visit(child, alias, day)
        self.say.link(child, alias, child.subject, self.say.within(day, 9), self.say.other(child))

    def told_by_another(self, child: ChildLife, day: date) -> None:
        """The bureau or another clinic knows whose number it is."""
        alias = self.say.alias("local")
        self.say.visit(child, alias, day)
        self.say.link(child, alias, child.subject, day, self.random.choice((BUREAU, self.say.other(child))))

    def linked_first(self, child: ChildLife, day: date) -> None:
        """The link is there before either registration; so it is told of a child whose clinic registers it late."""
        late = [c for c in self.children if c.registration and c.registration.day > self.plan.first_day]
        child = self.random.choice(late or [child])
        known = child.registration.day if child.registration else day
        alias, before = self.say.alias("birth-cert"), max(self.plan.first_day, known - timedelta(days=4))
        self.say.link(child, alias, child.subject, before)
        self.say.visit(child, alias, before)
        self.say.registration(child, alias, self.say.within(known, 3))

    def overtaken(self, child: ChildLife, day: date) -> None:
        """A wrong link that comes days after its withdrawal."""
        alias = self.say.alias("local")
        self.say.visit(child, alias, day)
        self.say.undo(self.say.link(child, alias, child.subject, self.say.within(day, 4)), day)

    def split(self, child: ChildLife, day: date) -> None:
        """The link in the middle of a chain is withdrawn: what is before it waits together, of nobody."""
        number, certificate = self.say.alias("local"), self.say.alias("birth-cert")
        for subject in (number, certificate):
            self.say.visit(child, subject, day)
        self.say.link(child, number, certificate, self.say.within(day, 3))
        self.say.undo(self.say.link(child, certificate, child.subject, day), self.say.within(day, 5))

    def redirected(self, child: ChildLife, day: date) -> None:
        """First linked to the wrong child; a higher revision of the same link names the right one."""
        alias, other = self.say.alias("local"), self.random.choice(self.children)
        self.say.visit(child, alias, day)
        link = self.say.link(child, alias, other.subject, day)
        if link:
            link.data, link.revision = {"same_as": child.subject}, 2
            self.say.books.publish(link, link.data, revision=2, day=self.say.within(day, 6))

    def contradicted(self, child: ChildLife, day: date) -> None:
        """Two clinics say of one number that it is two children's; the later one holds."""
        alias, other = self.say.alias("local"), self.random.choice(self.children)
        self.say.visit(child, alias, day)
        self.say.link(child, alias, child.subject, day)
        self.say.link(child, alias, other.subject, self.say.within(day, 6), self.say.other(child))

    def going_round(self, child: ChildLife, day: date) -> None:
        """Links that lead back to where they began; the registered subject is one of them, or led into them."""
        names = [self.say.alias("local") for _ in range(self.random.randrange(1, 3))]
        round_ = [child.subject, *names] if self.random.random() < 0.5 or len(names) == 1 else names
        for alias, to in zip(round_, [*round_[1:], round_[0]], strict=True):
            self.say.visit(child, alias, day)
            self.say.link(child, alias, to, self.say.within(day, 6))
        if child.subject not in round_:
            self.say.link(child, child.subject, names[0], self.say.within(day, 6))

    def to_itself(self, child: ChildLife, day: date) -> None:
        """A subject linked to itself, beside a link that means something, and before or after it."""
        alias = self.say.alias("local")
        self.say.visit(child, alias, day)
        self.say.link(child, alias, child.subject, self.say.within(day, 5))
        self.say.link(child, alias, alias, self.say.within(day, 5))

    def disputed(self, child: ChildLife, day: date) -> None:
        """Two registrations of one child that do not agree on when it was born, or on its sex."""
        alias = self.say.alias("local")
        wrong = {"birth_date": (child.born + timedelta(days=self.random.choice((-10, -1, 1)))).isoformat()}
        other_sex = {"sex": "male" if child.sex == "female" else "female"}
        self.say.registration(child, alias, day, **self.random.choice((wrong, other_sex, {"sex": "unknown"})))
        self.say.link(child, alias, child.subject, self.say.within(day, 4), self.say.other(child))

    def one_number(self, child: ChildLife, day: date) -> None:
        """Two subjects of one child under which one record was sent: of it, and of their links, the higher revision."""
        names, number = [self.say.alias("local"), self.say.alias("local")], f"B-{self.say.count}"
        for revision, alias in enumerate(names, 1):
            self.say.link(child, alias, child.subject, self.say.within(day, 5), record=f"L-{number}", revision=revision)
            self.say.visit(child, alias, day, record=f"V-{number}", revision=3 - revision)
