"""Any order of giving, delivering and being killed: what was acknowledged to the giver arrives, in order per child."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.publish.delivery import Delivery
from streams.publish.spool import Spool
from tests.unit.publish.spools import NOW_MS, BrokerInMemory, Killed, valid

CHILDREN = ("anna", "bo", "center-chen", "dong")
BIG = 50_000
"""So that a few fill a round."""

GIVE = st.tuples(st.just("give"), st.lists(st.tuples(st.sampled_from(CHILDREN), st.sampled_from((0, BIG))), max_size=4))
FATES = st.lists(st.sampled_from(("written", "refused", "written, but the answer is lost")), max_size=4)
STEP = st.tuples(st.just("deliver"), FATES)
KILL = st.tuples(st.just("kill"), st.none())
FULL = st.tuples(st.just("killed before it is forgotten"), st.none())


class Life:
    """A program that is killed and started again on the same spool and the same broker."""

    def __init__(self, path: Path) -> None:
        self.path, self.broker = path, BrokerInMemory()
        self.given: dict[str, list[int]] = {name: [] for name in CHILDREN}
        self.now = 0.0
        self.begin()

    def begin(self) -> None:
        self.spool = Spool(self.path)
        self.delivery = Delivery(self.spool, self.broker, lambda _: None)

    def kill(self) -> None:
        """What the kernel does with the file when a process ends; what was not committed is gone."""
        self.spool.close()
        self.begin()

    def give(self, events: list[tuple[str, int]]) -> None:
        first = sum(map(len, self.given.values()))
        numbered = [(name, first + index, size) for index, (name, size) in enumerate(events)]
        self.spool.add([valid(*each) for each in numbered], NOW_MS)
        for name, number, _ in numbered:
            self.given[name].append(number)

    def deliver(self, fates: list[str]) -> None:
        self.broker.fates = list(fates)  # type: ignore[arg-type]
        self.now += 10
        try:
            self.delivery.step(self.now)
        except Killed:
            self.kill()

    def killed_between(self) -> None:
        """The broker has it and the spool has not forgotten it."""
        self.broker.fates = []
        for topic in ("clinic-events", "center-events"):
            self.broker.deliver(topic, self.spool.oldest(topic, 3))
        self.kill()


def in_order_of_first_arrival(found: list[int]) -> list[int]:
    return list(dict.fromkeys(found))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(GIVE, STEP, KILL, FULL), max_size=12))
def test_everything_given_arrives_in_order_per_child_and_nothing_is_left(steps: list[tuple[str, list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder) / "spool")
        does = {"give": life.give, "deliver": life.deliver, "kill": lambda _: life.kill(),
                "killed before it is forgotten": lambda _: life.killed_between()}  # fmt: skip
        for what, how in steps:
            does[what](how)  # type: ignore[operator]
        while life.spool.pending:
            life.deliver([])
        for name in CHILDREN:
            arrived = life.broker.of(name)
            assert in_order_of_first_arrival(arrived) == life.given[name]
            assert arrived[-1:] == life.given[name][-1:]
        life.spool.close()
