"""What the registry and the sources told of the county, as rules ask for it."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from schemas.event import read
from streams.clinical.county import NEVER, County
from streams.records import Publication
from tests.support.builders import an_event

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 20)


def fact(kind: str, subject: str, data: dict[str, Any], at: str = "2026-01-01T08:00:00+08:00") -> Publication:
    raw = orjson.dumps(an_event(kind, "registry:bureau", subject, data, at))
    return Publication(read(raw), raw, "registry-events/0/1", 1, 1)


def county(*facts: Publication, **heard: str) -> County:
    of_subject: dict[str, dict[bytes, Publication]] = {}
    for number, each in enumerate(facts):
        of_subject.setdefault(each.event.subject, {})[b"%d" % number] = each
    told = {f"clinic:{clinic}": until for clinic, until in heard.items()}
    return County(ZONE).with_facts(of_subject).with_heard(told)


def source(clinic: str, cadence: str) -> Publication:
    return fact("source.registered", f"source:clinic:{clinic}", {"side": "clinic", "cadence": cadence})


def contract(center: str = "yucai", clinic: str = "chengguan", until: str = "", name: str = "K1") -> Publication:
    data = {"center_id": center, "clinic_id": clinic, "services": ["checkup"], "from_date": "2026-02-01"}
    return fact("contract.signed", f"contract:{name}", data | ({"until": until} if until else {}))


def ended(day: str, at: str = "2026-02-20T08:00:00+08:00") -> Publication:
    data = {"center_id": "yucai", "clinic_id": "chengguan", "date": day}
    return fact("contract.ended", "contract:K1", data, at)


def test_it_is_the_countys_date_until_which_a_source_was_heard() -> None:
    """Half past five in the afternoon of Greenwich is the next day in China."""
    told = county(source("chengguan", "weekly"), chengguan="2026-03-14T17:30:00.000Z")
    assert told.confirmed_until("clinic:chengguan", TODAY) == date(2026, 3, 5)


def test_nothing_is_confirmed_beyond_today() -> None:
    told = county(source("chengguan", "working-days"), chengguan="2026-04-01T00:00:00.000Z")
    assert told.confirmed_until("clinic:chengguan", TODAY) == TODAY


def test_who_was_never_heard_confirms_nothing_unless_it_reports_when_it_likes() -> None:
    told = county(source("chengguan", "working-days"), source("nanguan", "irregular"))
    assert told.confirmed_until("clinic:chengguan", TODAY) == NEVER
    assert told.confirmed_until("clinic:nanguan", TODAY) == TODAY


def test_a_source_is_heard_ever_later() -> None:
    told = county(source("chengguan", "weekly"), chengguan="2026-03-15T04:00:00.000Z")
    assert told.with_heard({"clinic:chengguan": "2026-03-01T04:00:00.000Z"}) is told


def test_a_contract_holds_from_its_first_day_to_its_last() -> None:
    told = county(contract(until="2026-03-10"))
    held = [told.contracted("yucai", day) for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 10))]
    assert held == [(), ("chengguan",), ("chengguan",)]
    assert told.contracted("yucai", date(2026, 3, 11)) == ()
    changes = [told.contract_changes_on("yucai", day) for day in (date(2026, 1, 1), date(2026, 2, 1))]
    assert [*changes, told.contract_changes_on("yucai", TODAY)] == [date(2026, 2, 1), date(2026, 3, 11), None]


def test_a_contract_that_was_ended_holds_no_longer_on_that_date() -> None:
    told = county(contract(), ended("2026-03-05"))
    assert told.contracted("yucai", date(2026, 3, 4)) == ("chengguan",)
    assert told.contracted("yucai", date(2026, 3, 5)) == ()


def test_an_end_before_the_signing_is_that_of_another_contract() -> None:
    told = county(contract(), ended("2025-12-31", at="2025-12-01T08:00:00+08:00"))
    assert told.contracted("yucai", TODAY) == ("chengguan",)


def test_a_contract_corrected_to_another_centre_is_no_longer_the_firsts() -> None:
    told = county(contract())
    again = fact("contract.signed", "contract:K1", {**contract("qiming").event.data}, "2026-01-02T08:00:00+08:00")
    told = told.with_facts({"contract:K1": {b"0": contract(), b"1": again}})
    assert (told.contracted("yucai", TODAY), told.contracted("qiming", TODAY)) == ((), ("chengguan",))
