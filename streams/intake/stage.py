"""One partition of intake: gathers, calls the pure modules beside it, returns what they decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from schemas.check import Accepted, Refused, check
from schemas.internal import FACT, FOLLOW, KNOWN, PATH, TICK, Origin, event_meta, pack, unpack
from streams import rejecting, topics
from streams.intake import reporting, ticks
from streams.intake.arrival import LINK, REGISTRATION, SOURCE_REGISTRATION, Arrival
from streams.intake.draft import Draft
from streams.intake.home import home_partition
from streams.intake.memory import Memory
from streams.intake.placing import Placing, may_release
from streams.store_rows import StoreRows
from streams.transport.port import Decision, Output, Record

REPORTING = "reporting.completed"


class IntakeStage:
    """Folds partition `partition` of the source topics, the clock and the exchange."""

    def __init__(self, partition: int, partitions: int) -> None:
        self.partition, self.partitions = partition, partitions
        self._memory = Memory()
        self._pending: set[str] = set()

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self._memory = Memory.restored(state)
        draft = Draft(self._memory)
        self._pending = {subject for subject, lot in self._memory.parked.items() if may_release(draft, lot)}

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        step = _Step(self, Draft(self._memory))
        for record in records:
            step.take(record)
        step.placing.release()
        return step.decision(positions)

    def installed(self, draft: Draft, pending: set[str]) -> None:
        draft.install()
        self._pending = pending

    @property
    def pending(self) -> set[str]:
        """Subjects with parked events that may go; a copy."""
        return set(self._pending)


class _Step:
    """One decision in the making."""

    def __init__(self, stage: IntakeStage, draft: Draft) -> None:
        self.stage, self.draft = stage, draft
        self.placing = Placing(draft, stage.partition, stage.partitions, stage.pending)
        self.outputs: list[Output] = []

    def take(self, record: Record) -> None:
        if record.topic == topics.CLOCK:
            ticks.hold(self.draft, record.offset, record.value or b"")
        elif record.topic == topics.EXCHANGE:
            self._exchanged(record.value or b"")
        else:
            self._published(record)

    def _exchanged(self, value: bytes) -> None:
        meta, _ = unpack(value)
        if meta["t"] == TICK:
            ticks.arrived(self.draft, meta, self.stage.partitions)
        elif meta["t"] == FACT:
            self.placing.source_registered(str(meta["source"]), int(meta["a"]))
        elif meta["t"] in (KNOWN, FOLLOW, PATH):
            self.placing.routing.told(meta)
        else:
            self.placing.place(Arrival.unparked(value))

    def _published(self, record: Record) -> None:
        origin = Origin(record.topic, record.partition, record.offset, record.timestamp)
        checked = check(record.value, record.key, record.topic, record.timestamp)
        if isinstance(checked, Refused):
            self.outputs.append(rejecting.rejected(self.stage.partition, origin, checked))
            return
        self._accepted(checked, origin, record)

    def _accepted(self, checked: Accepted, origin: Origin, record: Record) -> None:
        event = checked.event
        self._hear(checked, origin)
        if event.kind == REPORTING:
            return
        arrival = Arrival(event, record.value or b"", origin, checked.center_id, keyless=record.key is None)
        if not arrival.is_of_a_child:
            self._fact(arrival)
            return
        home = home_partition(event.subject, self.stage.partitions)
        if home == self.stage.partition:
            self.placing.place(arrival)
        else:
            if event.kind in (REGISTRATION, LINK):
                self.draft.stir()
            self.outputs.append(Output(topics.EXCHANGE, home, event.subject.encode(), arrival.parked()))

    def _hear(self, checked: Accepted, origin: Origin) -> None:
        event = checked.event
        times = [event.recordedtime or event.time]
        if event.kind == REPORTING:
            times.append(event.data["through"])
        self.draft.hear(event.source, reporting.heard_until(times), origin.topic, origin.offset)

    def _fact(self, arrival: Arrival) -> None:
        event, partitions = arrival.event, range(self.stage.partitions)
        key = event.subject.encode()
        value = pack({**event_meta(arrival.origin), "t": FACT}, arrival.raw)
        for topic in (topics.CHILD_EVENTS, topics.FACILITY_EVENTS):
            self.outputs.extend(Output(topic, p, key, value) for p in partitions)
        if event.kind == SOURCE_REGISTRATION:
            source, since = event.subject.removeprefix("source:"), arrival.origin.appended_at
            told = pack({"t": FACT, "source": source, "a": since})
            self.draft.stir()
            self.outputs.extend(Output(topics.EXCHANGE, p, key, told) for p in partitions)

    def decision(self, positions: Mapping[str, int]) -> Decision:
        stage, draft, placing = self.stage, self.draft, self.placing
        for arrival, problem in placing.overflowed:
            refusal = rejecting.refused_later(stage.partition, arrival.origin, arrival.raw, arrival.key, problem)
            self.outputs.append(refusal)
        rows = StoreRows()
        reporting.unlinked_rows(draft, stage.partition, rows)
        reporting.parked_rows(draft, rows)
        outputs = [*self.outputs, *placing.outputs]
        if not placing.pending:  # what may go was published before: no tick passes it
            outputs += ticks.pass_on(draft, stage.partition, stage.partitions, positions)
            advanced = ticks.watermarks(draft, stage.partition, stage.partitions)
            outputs += advanced
            if advanced:
                reporting.heard_rows(draft, stage.partition, rows)
        outputs += rows.outputs(stage.partition)
        return Decision(
            outputs, draft.changes, lambda: stage.installed(draft, placing.pending), more=bool(placing.pending)
        )
