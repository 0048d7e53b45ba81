"""What lies just within and just beyond each bound, by name; a well-formed event before and after is always applied."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tests.fuzz.judge import answers, origin_of
from tests.fuzz.judge import rows_of as timeline_rows
from tests.fuzz.line import Line
from tests.fuzz.storable import unstorable
from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.support.simulated_broker import NEVER_BEFORE_MS, Stored
from tests.unit.intake.shard import attendance, link

AT = "2026-03-02T09:30:00+08:00"
CHILD, NEIGHBOUR = "ann", "bo"
Event = dict[str, Any]


class Street:
    """A line with a child and its neighbour; `sends` says what became of raw bytes between two good events."""

    def __init__(self) -> None:
        self.line, self.sent = Line(), 0
        self.line.send([a_source("clinic:chengguan"), a_source("center:yucai"), a_registration(CHILD, recordid="R")])
        self.line.send([a_registration(NEIGHBOUR)])

    def publish(self, raws: list[bytes], key: bytes | None = None) -> list[Stored]:
        """Between two good events of the neighbour, and all of it settled."""
        self._neighbour()
        stored = [self.line.append("clinic-events", key, raw) for raw in raws]
        self._neighbour()
        self.line.settle_whole()
        names = [f"N{number}" for number in range(self.sent)]
        assert timeline_rows(self.line, names) == Counter(names)
        return stored

    def _neighbour(self) -> None:
        self.line.publish([a_checkup(NEIGHBOUR, AT, recordid=f"N{self.sent}")])
        self.sent += 1

    def answer(self, raw: bytes, key: bytes | None = None) -> str:
        """The one answer to one record."""
        (stored,) = self.publish([raw], key)
        (told,) = answers(self.line).of(origin_of(stored), raw)
        return told

    def answers(self, raws: list[bytes]) -> Counter[str]:
        stored, found = self.publish(raws), answers(self.line)
        each = [found.of(origin_of(record), record.value or b"") for record in stored]
        assert {len(told) for told in each} == {1}
        return Counter(told for (told,) in each)


def raw(event: Event) -> bytes:
    return orjson.dumps(event)


def with_json(text: str) -> bytes:
    """A valid event with another attribute of this JSON."""
    return raw({**a_checkup(CHILD, AT), "more": "@"}).replace(b'"@"', text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("depth", "answer"), [(31, "applied"), (32, "not-json"), (500, "not-json"), (30_000, "not-json")]
)
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_nesting(brackets: str, depth: int, answer: str) -> None:
    """32 levels, of which the event is one."""
    opened = "[" if brackets == "[]" else '{"a":'
    whole = opened * (depth - 1) + brackets + brackets[1] * (depth - 1)
    assert Street().answer(with_json(whole if len(whole) < 65_000 else whole[:60_000])) == answer


def test_nesting_is_not_read_deeper_than_it_may_be() -> None:
    """As deep as a record may be long: no recursion, whoever parses it."""
    assert Street().answer(b"[" * 1_000_000) == "too-large"
    assert Street().answer(b'{"a":' * 12_000) == "not-json"


HUGE = {"1e400": "not-json", "-1e400": "not-json", "1" + "0" * 5_000: "not-json", "1" * 309: "applied",
        "1" + "0" * 308: "applied", "1" + "0" * 309: "not-json", "0." + "0" * 5_000 + "1": "applied",
        "-0": "applied", "1e-400": "applied", "18446744073709551616": "applied", "NaN": "not-json",
        "Infinity": "not-json", "-Infinity": "not-json"}  # fmt: skip


@pytest.mark.parametrize("number", HUGE, ids=lambda number: f"{number[:12]} of {len(number)}")
@pytest.mark.parametrize("space", ["", " "])
def test_huge_numbers(number: str, space: str) -> None:
    """With a space behind a name the slow way to see names that stand twice reads the numbers again."""
    assert Street().answer(with_json(f'{{"a"{space}:{number}}}')) == HUGE[number]


@pytest.mark.parametrize("field", ["weight_kg", "items"])
def test_huge_numbers_in_data(field: str) -> None:
    for number in ("1e300", "-1e300", "1" + "0" * 300, "1e12000", "1000000000000.5"):
        event = a_checkup(CHILD, AT, **{field: "@" if field == "weight_kg" else [{"code": "x", "value": "@"}]})
        answer = Street().answer(raw(event).replace(b'"@"', number.encode()))
        assert answer == ("not-json" if number == "1e12000" else "bad-value")


@pytest.mark.parametrize("again", ['"id":"2"', '"id" :"2"', '"\\u0069d":"2"', '"\\u0069d"\t:"2"', '"id":1,"x":"\\":"'])
def test_a_name_twice(again: str) -> None:
    once = raw(a_checkup(CHILD, AT, id="1"))
    assert Street().answer(once[:-1] + f",{again}}}".encode()) == "not-json"
    assert Street().answer(f"{{{again},".encode() + once[1:]) == "not-json"


def test_a_name_twice_within_data() -> None:
    assert (
        Street().answer(raw(a_checkup(CHILD, AT)).replace(b'"clinic_id"', b'"weight_kg":3,"clinic_id"')) == "not-json"
    )
    within = raw(a_checkup(CHILD, AT, items=[{"code": "x", "value": 1}])).replace(b'"code"', b'"code":"y","code"')
    assert Street().answer(within) == "not-json"


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '"\\udc00"', '"\\ud800x"', '"\\udc00\\ud800"', '{"\\ud83d":1}', '"\ud800"']
)
def test_half_of_a_surrogate_pair(text: str) -> None:
    assert Street().answer(with_json(text)) == "not-json"


def test_a_whole_surrogate_pair() -> None:
    assert Street().answer(with_json('"\\ud83d\\udc76"')) == "applied"


@pytest.mark.parametrize(
    "sent", [None, b"", b" ", b"null", b"[]", b'"x"', b"\xef\xbb\xbf{}", b"\x1f\x8b\x08\x00", b"\xff" * 70_000]
)
def test_what_is_no_event(sent: bytes | None) -> None:
    street = Street()
    street.line.append("clinic-events", b"\xff", sent)
    assert street.answer(raw(a_checkup(CHILD, AT))) == "applied"
    (refusal,) = street.line.all("rejected-events")
    assert len(refusal.value or b"") <= 65_536
    assert dict(refusal.headers)["size"] == str(len(sent or b"")).encode()


@pytest.mark.parametrize(("size", "answer"), [(65_536, "applied"), (65_537, "too-large"), (1 << 20, "too-large")])
def test_sizes(size: int, answer: str) -> None:
    short = len(with_json('""'))
    assert Street().answer(with_json(f'"{"x" * (size - short)}"')) == answer


def test_keys() -> None:
    sent = raw(a_checkup(CHILD, AT))
    subject = subject_of(CHILD).encode()
    for key in (b"", b"\xff", subject + b"\n", subject.upper(), b"k" * (1 << 20), subject.decode().encode("utf-16")):
        street = Street()
        assert street.answer(sent, key) == "key-mismatch"
        assert len(street.line.all("rejected-events")[0].key or b"") <= 65_536
    assert Street().answer(sent, subject) == "applied"


TIMES = {
    "1970-01-01T23:59:59Z": "bad-value",
    "1970-01-01T23:59:59-23:59": "bad-value",
    "1970-01-02T00:00:00+23:59": "applied",
    "1970-01-02T00:00:00-23:59": "applied",
    "2016-12-31T23:59:60Z": "bad-value",
    "2024-02-29T00:00:00Z": "applied",
    "2026-02-29T00:00:00Z": "bad-value",
    "2026-03-02T09:30:00.999999999999+23:59": "applied",
    "2026-03-02T09:30:00+24:00": "bad-value",
    "2026-03-02T09:30:00-00:00": "applied",
    "2099-12-31T23:59:59-23:59": "time-in-future",
    "2100-01-01T00:00:00Z": "time-in-future",
    "9999-12-31T23:59:59-23:59": "time-in-future",
    "0001-01-01T00:00:00+23:59": "bad-value",
}
"""A leap second is no time of a computer's clock: whoever has one sends the second before."""


@pytest.mark.parametrize("at", TIMES)
def test_times_at_their_limits(at: str) -> None:
    street = Street()
    assert street.answer(raw(a_checkup(CHILD, at))) == TIMES[at]
    assert unstorable(street.line) == []


@pytest.mark.parametrize("at", ["1970-01-02T00:00:00+23:59", "2099-12-31T23:59:59-23:59", "2099-12-31T23:59:59+08:00"])
def test_times_at_their_limits_beside_the_events_own(at: str) -> None:
    """When it was typed in, and up to when all was reported, may be anything that the store holds."""
    street = Street()
    assert street.answer(raw(a_checkup(CHILD, AT, recordedtime=at))) == "applied"
    through = an_event("reporting.completed", "clinic:chengguan", "source:clinic:chengguan", {"through": at}, AT)
    street.publish([raw(through)])
    assert unstorable(street.line) == []


@pytest.mark.parametrize("day", ["1970-01-02", "2099-12-31"])
def test_dates_at_their_limits(day: str) -> None:
    street = Street()
    born = a_registration(CHILD, born=day, at=AT, recordid="R", revision=2)
    left = an_event("child.departed", "clinic:chengguan", subject_of(CHILD), {"date": day, "reason": "moved"}, AT)
    taken = {
        "center_id": "yucai",
        "class_id": "a",
        "band": "mixed",
        "service": "hourly",
        "from_date": day,
        "until": day,
    }
    place = an_event("child.enrolled", "center:yucai", subject_of(CHILD), taken, AT)
    assert street.answers([raw(born), raw(left), raw(a_checkup(CHILD, AT))]) == {"applied": 3}
    street.line.send([place, attendance(subject_of(CHILD))])
    assert unstorable(street.line) == []


@pytest.mark.parametrize(
    ("after", "answer"), [(-1, "applied"), (0, "applied"), (1, "time-in-future"), (1_000, "time-in-future")]
)
def test_a_day_after_the_broker_had_it(after: int, answer: str) -> None:
    """`after`: milliseconds beyond 24 hours."""
    street = Street()
    appended = street.line.broker.clock + 2  # behind the neighbour's
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=appended, hours=24) + timedelta(milliseconds=after)
    (stored,) = street.publish([raw(a_checkup(CHILD, at.isoformat()))])
    assert stored.timestamp == appended > NEVER_BEFORE_MS
    assert answers(street.line).of(origin_of(stored), stored.value or b"") == [answer]


def test_ten_thousand_links_of_one_alias() -> None:
    alias = subject_of("alias", "birth-cert")
    links = [link(alias, subject_of(f"t{n % 7}" if n else CHILD), recordid=f"L{n:05}") for n in range(10_000)]
    street = Street()
    assert street.answers([raw(one) for one in links]) == {"applied": 10_000}


def test_ten_thousand_aliases_of_one_child() -> None:
    aliases = [subject_of(f"alias {n}", "birth-cert") for n in range(10_000)]
    street = Street()
    links = [link(alias, subject_of(CHILD), recordid="L") for alias in aliases]
    assert street.answers([raw(one) for one in links]) == {"applied": 10_000}
    visits = [a_checkup("", AT, subject=alias, recordid=f"V{n}") for n, alias in enumerate(aliases[:200])]
    assert street.answers([raw(one) for one in visits]) == {"applied": 200}
    assert set(timeline_rows(street.line, [f"V{n}" for n in range(200)]).values()) == {1}
    owners = {json.loads(r.value or b"")["row"]["child_id"] for r in street.line.all("timeline-entries")}
    assert owners == {child_of(subject_of(CHILD)), child_of(subject_of(NEIGHBOUR))}


def test_the_twenty_thousand_and_first_record_of_a_child() -> None:
    street = Street()
    records = [raw(a_checkup(CHILD, AT, recordid=f"V{n}")) for n in range(19_999)]  # and its registration
    more = raw(a_checkup(CHILD, AT, recordid="more"))
    assert street.answers([*records, more]) == {"applied": 19_999, "too-many-records": 1}


def test_the_two_thousand_and_first_record_that_waits() -> None:
    street = Street()
    records = [raw(a_checkup("nobody", AT, recordid=f"V{n}")) for n in range(2_001)]
    assert street.answers(records) == {"parked": 2_000, "parking-overflow": 1}
    assert street.answers([raw(a_registration("nobody"))]) == {"applied": 1}
    assert sum(answers(street.line).applied.values()) == 2_000 + 1 + 2 + street.sent
