"""Injures a pipeline while it works: kills, freezes, joins and leaves, a bad network, full disks; several at once."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, get_args

from streams.embedded.stack import STAGES
from tests.support.fleet import Fleet, Single
from tests.support.pipeline import until

BASES = ("broker", "store")
HOLD_S = 8.0
"""How long a freeze, a bad network or a full disk lasts at least: the stages' session timeout is 6 s."""

AT_ONCE = 2
BACK_S = 120
"""How long anything may take to come back, or to meet the injury: other injuries may keep it from doing so."""

How = Literal["kill", "terminate", "freeze", "join", "leave", "delay", "swallow", "drop", "half-close", "fill"]
NETWORK: tuple[How, ...] = ("delay", "swallow", "drop", "half-close")


@dataclass(frozen=True, slots=True)
class Injury:
    """What is done to which stage's worker, or to broker or store: itself, the way to it, or its disk."""

    how: How
    target: str

    def __str__(self) -> str:
        return f"{self.how} {self.target}"

    @property
    def part(self) -> str:
        """What bears only one injury at a time."""
        return f"network of {self.target}" if self.how in NETWORK else self.target


def every_injury() -> list[Injury]:
    """Each way to hurt each process that can be hurt so."""
    workers = [Injury(how, stage) for stage in STAGES for how in ("kill", "terminate", "freeze", "join", "leave")]
    bases = [Injury(how, base) for base in BASES for how in ("kill", "terminate", "freeze", "fill", *NETWORK)]
    return workers + bases


def deal(hands: int, each: int, seed: int) -> list[list[Injury]]:
    """Every injury as often as every other, give or take one, shuffled and dealt out to so many runs."""
    shuffler, deck = random.Random(seed), list[Injury]()
    while len(deck) < hands * each:
        deck += shuffler.sample(every_injury(), len(every_injury()))
    return [deck[hand * each : (hand + 1) * each] for hand in range(hands)]


class Injuries(threading.Thread):
    """Goes through its plan, two at a time where they fall on different parts, until each has healed."""

    def __init__(self, hurt: Single, plan: Sequence[Injury], seed: int) -> None:
        super().__init__(daemon=True)
        self._hurt, self._plan, self._random = hurt, list(plan), random.Random(seed)
        self._parts = {injury.part: threading.Lock() for injury in plan}
        self._pause = threading.Event()  # never set: waiting for it is a pause
        self._turn = threading.Condition()
        self.begun = 0
        self.done: Counter[str] = Counter()
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self._injure, self._plan))
        except BaseException as error:  # noqa: BLE001 - reported by finish()
            self.failed = error
        with self._turn:
            self.begun = len(self._plan)
            self._turn.notify_all()

    def reached(self, share: float) -> None:
        """Wait until that share of the plan has begun."""
        with self._turn:
            self._turn.wait_for(lambda: self.begun >= share * len(self._plan), 600)

    def finish(self) -> Counter[str]:
        """Wait for the whole plan; the injuries by kind."""
        self.join(600)
        if self.failed is not None:
            raise self.failed
        assert self.done.total() == len(self._plan)
        return self.done

    @property
    def _fleet(self) -> Fleet:
        """What has a network, disks, and workers that come and go."""
        assert isinstance(self._hurt, Fleet)
        return self._hurt

    def _injure(self, injury: Injury) -> None:
        with self._parts[injury.part]:
            with self._turn:
                self.begun += 1
                self._turn.notify_all()
            self._inflict(injury)
            self.done[str(injury)] += 1
        self._pause.wait(self._random.uniform(0.5, 2.0))

    def _inflict(self, injury: Injury) -> None:
        match injury.how:
            case "kill":
                self._end(self._victim(injury.target), signal.SIGKILL)
            case "terminate":
                self._end(self._victim(injury.target), signal.SIGTERM)
            case "freeze":
                self._freeze(self._victim(injury.target))
            case "join":
                self._join(injury.target)
            case "leave":
                self._leave(injury.target)
            case "fill":
                self._fill(injury.target)
            case _:
                self._break(injury.target, injury.how)

    def _victim(self, target: str) -> str:
        return target if target in BASES else self._random.choice(self._hurt.workers(target))

    def _end(self, name: str, how: signal.Signals) -> None:
        pid = until(lambda: self._hurt.pid(name), f"{name} runs", BACK_S)
        os.kill(pid, how)
        until(lambda: self._hurt.pid(name) not in (None, pid), f"{name} was started again", BACK_S)

    def _freeze(self, name: str) -> None:
        """A worker is frozen while it owns partitions: when it wakes up, they may be another's."""
        alive = self._hurt.pid if name in BASES else self._hurt.ready
        pid = until(lambda: alive(name), f"{name} is at work", BACK_S)
        os.kill(pid, signal.SIGSTOP)
        self._pause.wait(HOLD_S)
        os.kill(pid, signal.SIGCONT)

    def _join(self, stage: str) -> str:
        name = self._fleet.join(stage)
        until(lambda: self._hurt.ready(name), f"{name} is ready", BACK_S)
        return name

    def _leave(self, stage: str) -> None:
        """A stage's only worker is replaced before it leaves."""
        name = self._victim(stage)
        if len(self._hurt.workers(stage)) == 1:
            self._join(stage)
        self._fleet.leave(name)

    def _fill(self, base: str) -> None:
        """A full disk counts when somebody has met it: the broker ended, or the store refused what a sink has."""
        disk, before = self._fleet.disks[base], (self._hurt.pid(base), self._fleet.refusals())
        disk.fill()
        try:
            self._pause.wait(HOLD_S)
            until(lambda: (self._hurt.pid(base), self._fleet.refusals()) != before, f"{base} lacks room", BACK_S)
        finally:
            disk.free()
        until(lambda: self._hurt.pid(base), f"{base} runs", BACK_S)

    def _break(self, base: str, how: How) -> None:
        """A bad network counts when it hit a connection, or something that was to go through."""
        network = self._fleet.networks[base]
        cuts = {"drop": network.drop, "half-close": network.half_close}
        if how in cuts:
            until(lambda: (cuts[how](), network.hit)[-1], f"{how} hits a connection with {base}", BACK_S)
            return
        (network.delay if how == "delay" else network.swallow)()
        try:
            self._pause.wait(HOLD_S)
            until(lambda: network.hit, f"{how} hits what goes to {base}", BACK_S)
        finally:
            network.heal()


assert set(NETWORK) < set(get_args(How))
