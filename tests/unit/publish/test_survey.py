"""WHO's survey of 498 children, imported: compared with the file as Python's csv module reads it."""

from __future__ import annotations

import csv
import hashlib
import hmac
from datetime import date, timedelta
from typing import Any

import orjson

from streams.publish.importing import Tally, import_sheet
from streams.publish.offline import Nowhere
from streams.publish.sheet.mapping import load_mapping
from streams.publish.survey import EXAMPLE_KEY, survey_csv, survey_mapping, survey_sources
from tests.unit.publish.sheets import Collected

SURVEYED_ON = date(2026, 3, 2)


def the_events() -> list[dict[str, Any]]:
    target = Collected()
    tally = Tally()
    problems = list(import_sheet(survey_csv(), load_mapping(survey_mapping()), target, EXAMPLE_KEY, 1, tally))
    assert (problems, tally.refused, tally.rows) == ([], 0, 498)
    return target.events


def the_rows() -> list[list[str]]:
    with survey_csv().open(newline="") as stream:
        return list(csv.reader(stream))


def test_every_child_is_registered_and_has_one_checkup_all_of_them_valid() -> None:
    kinds = [event["type"] for event in the_events()]
    assert (kinds.count("child.registered.v1"), kinds.count("checkup.recorded.v1"), len(kinds)) == (498, 498, 996)


def test_each_measurement_is_in_the_checkup_of_its_child_and_an_empty_cell_nowhere() -> None:
    headings, *rows = the_rows()
    checkups = {event["recordid"]: event["data"] for event in the_events() if event["type"].startswith("checkup")}
    assert headings[7] == headings[17] == "oedema"
    for row in rows:
        expected: dict[str, Any] = {"clinic_id": "who-survey", "oedema": row[7] == "y"}
        fields = {"weight_kg": row[4], "length_height_cm": row[5], "head_circumference_cm": row[8]}
        expected |= {name: round(float(text), 3) for name, text in fields.items() if text}
        if row[6]:
            expected["position"] = {"l": "lying", "h": "standing"}[row[6]]
        assert checkups[row[0]] == expected


def test_birth_dates_are_the_day_of_the_survey_less_the_age() -> None:
    registered = {event["recordid"]: event["data"] for event in the_events() if event["type"].startswith("child")}
    for row in the_rows()[1:]:
        born = SURVEYED_ON - timedelta(days=int(row[13]))
        sex = {"1": "male", "2": "female"}[row[2]]
        assert registered[row[0]] == {"clinic_id": "who-survey", "sex": sex, "birth_date": born.isoformat()}


def test_a_childs_subject_is_the_token_of_its_number_in_the_survey() -> None:
    name = b"local:clinic:who-survey:1"
    token = hmac.new(b"who-survey-example-key", name, hashlib.sha256).hexdigest()[:32]
    assert the_events()[0]["subject"] == f"local:{token}"


def test_the_events_that_make_the_surveys_clinic_known_are_valid() -> None:
    target = Nowhere()
    events = [orjson.loads(line) for line in survey_sources().read_bytes().splitlines()]
    for event in events:
        target.publish(event)
    assert [event["subject"] for event in events] == ["source:clinic:who-survey", "clinic:who-survey"]
