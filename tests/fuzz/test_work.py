"""What somebody publishes costs work in proportion: twice as much of the worst is twice the work, not four times."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from schemas.check import Refused, check
from tests.fuzz.line import Line
from tests.support.builders import a_checkup, a_registration, a_source, an_event, subject_of
from tests.support.work import growth
from tests.unit.intake.shard import link

AT = "2026-03-02T09:30:00+08:00"
CLINIC, CENTER = "clinic:chengguan", "center:yucai"
LINEAR = 2.4
"""Twice the input, twice the work, and a little for what is sorted."""

Event = dict[str, Any]
TARGET, SECOND = subject_of("target"), subject_of("second")


def known() -> list[Event]:
    return [a_source(CLINIC), a_source(CENTER), a_registration("target", recordid="first"), a_registration("second")]


def aliases(count: int) -> list[Event]:
    """Of so many certificates each is linked to one child."""
    return [link(subject_of(f"alias {n}", "birth-cert"), TARGET, recordid=f"L{n}") for n in range(count)]


def links_of_one_alias(count: int) -> list[Event]:
    alias = subject_of("alias", "birth-cert")
    return [link(alias, subject_of(f"target {n}"), recordid=f"L{n}") for n in range(count)]


def comings_and_goings(count: int) -> list[Event]:
    """As many departures as registrations, none of which ends any of them."""
    left = {"date": "2026-03-03", "reason": "moved"}
    gone = [an_event("child.departed", CLINIC, TARGET, left, AT, recordid=f"D{n}") for n in range(count)]
    return gone + [a_registration("target", recordid=f"R{n}") for n in range(count)]


def places(count: int) -> list[Event]:
    """As many withdrawals as enrolments of one child, and a departure that looks at the places."""
    enrolled = {"center_id": "yucai", "class_id": "a", "band": "mixed", "service": "hourly", "from_date": "2026-01-05"}
    withdrawn = {"center_id": "yucai", "date": "2026-01-05"}
    taken = [an_event("child.enrolled", CENTER, TARGET, enrolled, AT, recordid=f"E{n}") for n in range(count)]
    given = [an_event("child.withdrawn", CENTER, TARGET, withdrawn, AT, recordid=f"W{n}") for n in range(count)]
    return taken + given


def a_class(count: int) -> list[Event]:
    """A centre's children all enrol at once."""
    enrolled = {"center_id": "yucai", "class_id": "a", "band": "mixed", "service": "hourly", "from_date": "2026-01-05"}
    return [an_event("child.enrolled", CENTER, subject_of(f"child {n}"), enrolled, AT) for n in range(count)]


def visits_of_one_center(count: int) -> list[Event]:
    data = {"center_id": "yucai", "topics": ["hygiene"], "date": "2026-01-06"}
    subject = "center:yucai"
    return [
        an_event("guidance.delivered", "registry:bureau", subject, data, AT, recordid=f"G{n}") for n in range(count)
    ]


def strangers(count: int) -> list[Event]:
    """Records of one subject that nobody knows, so that they wait."""
    data = {"clinic_id": "chengguan"}
    return [
        an_event("checkup.recorded", CLINIC, subject_of("nobody"), data, AT, recordid=f"V{n}") for n in range(count)
    ]


def registered_aliases(count: int) -> list[Event]:
    """Each of so many certificates is registered, and linked to one child."""
    names = [subject_of(f"alias {n}", "birth-cert") for n in range(count)]
    return aliases(count) + [{**a_registration(""), "subject": name, "id": name[-32:]} for name in names]


def a_chain(count: int) -> list[Event]:
    return [link(subject_of(f"link {n}"), subject_of(f"link {n + 1}"), recordid="L") for n in range(count)]


def a_link_to_and_fro(count: int) -> list[Event]:
    alias = subject_of("alias", "birth-cert")
    return [link(alias, (TARGET, SECOND)[n % 2], recordid="L", revision=n + 1) for n in range(count)]


def conflicts(count: int) -> list[Event]:
    """One revision of one record with as many contents."""
    return [a_checkup("target", AT, recordid="V", weight_kg=3 + n / 1_000) for n in range(count)]


def unknown_sources(count: int) -> list[Event]:
    """Each of so many sources has a record that waits, and is registered afterwards."""
    waiting = [a_checkup("nobody", AT, clinic=f"c{n}", recordid="V") for n in range(count)]
    return waiting + [a_source(f"clinic:c{n}") for n in range(count)]


WORST: list[Callable[[int], list[Event]]] = [
    aliases, registered_aliases, links_of_one_alias, a_chain, a_link_to_and_fro, comings_and_goings, places, a_class,
    visits_of_one_center, strangers, unknown_sources, conflicts,
]  # fmt: skip


def settling(events: list[Event], then: list[Event] | None = None) -> Callable[[], object]:
    """The work of taking these events, or of taking `then` once they were taken."""
    line = Line()
    line.send(known())
    if then is not None:
        line.send(events)
    line.publish(events if then is None else then)
    return line.settle_whole


@pytest.mark.parametrize("worst", WORST, ids=lambda worst: worst.__name__)
def test_twice_as_many_take_twice_the_work(worst: Callable[[int], list[Event]]) -> None:
    assert growth(lambda size: settling(worst(size)), 200) < LINEAR


def test_a_child_with_many_aliases_moves_with_work_in_proportion() -> None:
    onward = [link(TARGET, SECOND)]
    assert growth(lambda size: settling(aliases(size), onward), 150) < LINEAR


def test_a_new_birth_date_of_a_child_with_many_aliases_is_work_in_proportion() -> None:
    born = [a_registration("target", born="2025-06-02", recordid="first", revision=2)]
    assert growth(lambda size: settling(aliases(size), born), 150) < LINEAR


NUMBERS = " ".join(["13800138000"] * 1_000)


def an_event_of(attribute: str, text: str) -> bytes:
    return orjson.dumps({**a_checkup("target", AT), attribute: text})


def cpu_of(call: Callable[[], object]) -> float:
    """Of three times the least: what else the machine does only adds."""

    def once() -> float:
        began = time.process_time()
        call()
        return time.process_time() - began

    return min(once() for _ in range(3))


@pytest.mark.parametrize("attribute", ["source", "type", "subject"])
def test_numbers_in_an_event_of_a_mebibyte_are_masked_with_work_in_proportion(attribute: str) -> None:
    """Each was masked in a copy of the whole. That is work in C, so it is the CPU that tells."""
    small, large = (an_event_of(attribute, NUMBERS * size) for size in (20, 80))
    costs = [cpu_of(lambda raw=raw: check(raw, None, "clinic-events", None)) for raw in (small, large)]
    assert costs[1] / costs[0] < 9


def test_what_is_no_source_is_not_remembered() -> None:
    """Of sixteen thousand sources, each of 60,000 characters, a gigabyte would be kept."""
    raws = [an_event_of("source", f"clinic:{number}" + "x" * 60_000) for number in range(50)]
    tracemalloc.start()
    for raw in raws:
        assert isinstance(check(raw, None, "clinic-events", None), Refused)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 500_000
