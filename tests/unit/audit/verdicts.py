"""Valid events of every kind, and thousands of ways to spoil them: what the audit and the stages must judge alike."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.unit.audit.logs import APPENDED_AT, Sent

HEX = "0123456789abcdef" * 2
CHILD = f"cn-id:{HEX}"
CLINIC, CENTER, BUREAU = "clinic:c1", "center:k1", "registry:b"
DAY = "2025-07-01"

# (topic, source, kind, subject, data)
VALID: list[tuple[str, str, str, str, dict[str, Any]]] = [
    ("clinic", CLINIC, "child.registered", CHILD, {
        "sex": "female", "birth_date": DAY, "clinic_id": "c1", "gestational_weeks": 39, "birth_weight_g": 3200,
        "community": "城关"}),
    ("clinic", CLINIC, "child.departed", CHILD, {"date": DAY, "reason": "moved"}),
    ("clinic", CLINIC, "checkup.recorded", CHILD, {
        "clinic_id": "c1", "milestone": "m3", "weight_kg": 8.1, "position": "lying", "oedema": False, "teeth": 3,
        "warning_signs": {"age_months": 3, "positive": [1, 2]},
        "screenings": [{"instrument": "x", "result": "pass", "score": 1.5}, {"instrument": "y", "result": "refer"}],
        "items": [{"code": "a", "value": "b"}, {"code": "c", "value": 2.5}, {"code": "d", "value": True}],
        "conclusions": ["好"], "next_due": DAY}),
    ("clinic", CLINIC, "vaccination.recorded", CHILD, {"clinic_id": "c1", "vaccine": "BCG", "dose_no": 1}),
    ("clinic", CLINIC, "vaccination.deferred", CHILD, {
        "clinic_id": "c1", "vaccine": "other:x", "dose_no": 1, "reason": "illness", "until": DAY}),
    ("clinic", CLINIC, "diagnosis.recorded", CHILD, {
        "clinic_id": "c1", "condition": "hfmd", "onset_date": DAY, "icd10": "B08"}),
    ("clinic", CLINIC, "referral.made", CHILD, {
        "referral_id": "R1", "to_clinic": "c2", "reason": "x", "due_date": DAY}),
    ("clinic", CLINIC, "referral.closed", CHILD, {"referral_id": "R1", "outcome": "attended"}),
    ("clinic", CLINIC, "identity.linked", CHILD, {"same_as": f"birth-cert:{HEX}"}),
    ("center", CENTER, "child.enrolled", CHILD, {
        "center_id": "k1", "class_id": "A", "band": "mixed", "service": "full-day", "from_date": DAY, "until": DAY}),
    ("center", CENTER, "child.withdrawn", CHILD, {"center_id": "k1", "date": DAY, "reason": "x"}),
    ("center", CENTER, "attendance.recorded", CHILD, {
        "center_id": "k1", "class_id": "A", "date": DAY, "status": "absent", "absence_reason": "sick",
        "symptoms": ["fever"]}),
    ("center", CENTER, "health-check.recorded", CHILD, {
        "center_id": "k1", "class_id": "A", "kind": "morning", "temperature_c": 36.6, "symptoms": ["cough"],
        "action": "admitted"}),
    ("center", CENTER, "measurement.recorded", CHILD, {"center_id": "k1", "weight_kg": 8}),
    ("center", CENTER, "development.observed", CHILD, {"center_id": "k1", "age_months": 8, "positive": []}),
    ("center", CENTER, "incident.recorded", CHILD, {"center_id": "k1", "kind": "fall", "severity": "minor"}),
    ("registry", BUREAU, "source.registered", f"source:{CLINIC}", {"side": "clinic", "cadence": "weekly"}),
    ("registry", BUREAU, "center.filed", CENTER, {
        "name": "n", "kind": "community", "ownership": "public", "places": 10, "inclusive_places": 5, "lat": 37.1}),
    ("registry", BUREAU, "center.closed", CENTER, {"date": DAY}),
    ("registry", BUREAU, "clinic.listed", CLINIC, {"name": "n", "kind": "township"}),
    ("registry", BUREAU, "contract.signed", "contract:C-1", {
        "center_id": "k1", "clinic_id": "c1", "services": ["checkup", "tcm"], "from_date": DAY}),
    ("registry", BUREAU, "contract.ended", "contract:C-1", {"center_id": "k1", "clinic_id": "c1", "date": DAY}),
    ("registry", BUREAU, "staff.certified", f"staff:{HEX}", {
        "center_id": "k1", "role": "carer", "certificate": "x", "valid_until": DAY}),
    ("registry", BUREAU, "staff.left", f"staff:{HEX}", {"center_id": "k1", "date": DAY}),
    ("registry", BUREAU, "training.completed", f"staff:{HEX}", {
        "center_id": "k1", "course": "x", "hours": 4, "date": DAY}),
    ("registry", BUREAU, "guidance.delivered", CENTER, {"center_id": "k1", "topics": ["x"], "date": DAY}),
    ("registry", BUREAU, "calendar.published", "calendar:2026", {
        "year": 2026, "days_off": ["2026-01-01"], "extra_workdays": []}),
    ("registry", BUREAU, "population.reported", "region:130423", {"residents": 455600, "as_of": DAY}),
    ("clinic", CLINIC, "record.retracted", CHILD, {"kind": "checkup.recorded", "reason": "x"}),
    ("center", CENTER, "record.retracted", CHILD, {"kind": "attendance.recorded", "reason": "x", "center_id": "k1"}),
    ("center", BUREAU, "record.retracted", CHILD, {"kind": "attendance.recorded", "reason": "x", "center_id": "k1"}),
    ("registry", BUREAU, "record.retracted", CENTER, {"kind": "center.filed", "reason": "x"}),
    ("clinic", CLINIC, "reporting.completed", f"source:{CLINIC}", {"through": "2025-07-01T10:00:00+08:00"}),
]  # fmt: skip

NUMBER = "11010519491231002X"
ODD: list[Any] = [
    13812345678, 13812345678.0, 110105194912310021, "电话13812345678", "x\n13812345678", [13812345678],
    None, True, False, 0, 1, -1, 2.0, 2.5, 1e3, 1e13, 2**31, 2**63, 2**70, 36.6, 0.3, 0.29, 60, 150, 24, 25,
    "", "x", "1", "1.0", "2025-02-30", "2025-02-28", "1969-12-31", "2100-01-01", "2025-07-01T10:00:00+08:00",
    "2025-07-01T24:00:00+08:00", "2025-07-01t10:00:00z", "2025-07-01T10:00:00.123456789Z", "2025-07-01T10:00:60Z",
    "2025-07-01 10:00:00Z", "2025-07-01T10:00:00", "2025-07-01T10:00:00+24:00", "2027-01-01T00:00:00Z",
    [], {}, [1], ["fever"], {"a": 1}, "other:", "other:" + "x" * 64, "other:" + "x" * 65, "好" * 64, "好" * 65,
    "x" * 200, "x" * 201, "x" * 1000, "x" * 1001, "c2", "k2", "C_1", "A/B",
    NUMBER, NUMBER.lower(), f"id {NUMBER}.", "110105194912310021", f"a{NUMBER}", "１１０１０５１９４９１２３１００２Ｘ",
    "13812345678", "tel:13812345678!", "138123456789", "+8613812345678", "١٢٣", "e\u0301", "\u0000", "\u200b",
    "℡13812345678", f"№{NUMBER}㎡", f"①{NUMBER}", f"{NUMBER[:17]}Ⅹ", "2100-01-01T00:00:00Z", "2100-02-29T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    CENTER, CLINIC, BUREAU, f"source:{CLINIC}", f"source:{CENTER}", CHILD, f"birth-cert:{HEX}", CHILD.upper(),
    f"staff:{HEX}", "clinic:-x", "clinic:" + "a" * 63, "clinic:" + "a" * 64, "clinic:c2",
    "checkup.recorded", "attendance.recorded", "source.registered", "record.retracted", "center.filed", "present",
]  # fmt: skip
TYPES = [
    "checkup.recorded.v2", "checkup.recorded.v1", "nope.done.v1", "checkup.recorded", "Checkup.recorded.v1",
    "attendance.recorded.v1", "source.registered.v1", "record.retracted.v1", "reporting.completed.v1", "a.b.v10",
]  # fmt: skip
NAMES = ["extra", "clinic_id", "center_id", "date", "kind", "13812345678", NUMBER, "a b", "x.y", "x[0]", 'q"u', ""]
ATTRIBUTES = ["recordid", "revision", "recordedtime", "id", "specversion", "time", "extension"]
TOPICS = ["clinic-events", "center-events", "registry-events"]


def spoiled(seed: int, count: int) -> Iterator[Sent]:
    """Events of every kind with up to three things changed, and bytes that are no event at all."""
    random = Random(seed)
    for number in range(count):
        side, source, kind, subject, data = copy.deepcopy(random.choice(VALID))
        event = {
            "specversion": "1.0", "id": f"i{number}", "source": source, "type": f"{kind}.v1",
            "time": "2026-02-01T09:30:00+08:00", "subject": subject, "data": data,
        }  # fmt: skip
        for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
            _change(event, random)
        topic = f"{side}-events" if random.random() < 0.95 else random.choice(TOPICS)
        yield Sent(topic, _key(event, random), _bytes(event, random), APPENDED_AT)


def _change(event: dict[str, Any], random: Random) -> None:
    places = [place for place in _places(event) if place]
    inside = [place for place in places if place[0] == "data"]
    place = random.choice(places if random.random() < 0.5 or not inside else inside)
    holder, name, odd = _at(event, place[:-1]), place[-1], copy.deepcopy(random.choice(ODD))
    dice = random.random()
    if dice < 0.25:
        holder[name] = odd
    elif dice < 0.4:
        del holder[name]
    elif dice < 0.55:
        (holder if isinstance(holder, dict) else event)[random.choice(NAMES)] = odd
    elif dice < 0.65:
        event["type"] = random.choice(TYPES)
    elif dice < 0.75:
        event["source"] = random.choice([CLINIC, CENTER, BUREAU, "clinic:c2", "clinic:C", 5, None])
    elif dice < 0.85:
        event["subject"] = odd
    else:
        event[random.choice(ATTRIBUTES)] = odd


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield above
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in below:
        yield from _places(item, (*above, name))


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for name in place:
        value = value[name]
    return value


def _key(event: dict[str, Any], random: Random) -> bytes | None:
    subject = event.get("subject")
    own = subject.encode("utf-8", "replace") if isinstance(subject, str) else b"x"
    return random.choice([*[own] * 12, None, None, b"x", b""])


def _bytes(event: dict[str, Any], random: Random) -> bytes:
    text = json.dumps(event, ensure_ascii=random.random() < 0.3, indent=random.choice([None, None, 1]))
    open_end = text[:-1].rstrip()
    depth = random.choice([30, 31, 32])
    broken = [
        text.replace("1", "NaN", 1), text[:-3], text.replace('"specversion"', '"specversion": "2.0", "specversion"'),
        f"[{text}]", f'{open_end}, "pad":"{"x" * 70_000}"}}', f'{open_end}, "deep":{"[" * depth}{"]" * depth}}}',
        "", "null", text.replace("}", ",}", 1), text.replace('"data": {', '"data": {"center_id": 4, ', 1),
        text.replace(".", "e400", 1), text + "\ufeff", f" {text}\n",
    ]  # fmt: skip
    if random.random() < 0.9:
        return text.encode()
    return random.choice([each.encode() for each in broken] + [text.encode() + b"\xff"])
