"""The registry of kinds says what the contract's tables say."""

from __future__ import annotations

import pytest

from schemas.kinds import KINDS, SUBJECT_WORDS, SUBJECTS, TOPICS, kind_of_type, topic_for
from tests.unit.schemas.published import CENTER_SIDE, REGISTRY_SIDE, a_retraction, an_event

CLINIC_SIDE = (
    "child.registered",
    "child.departed",
    "checkup.recorded",
    "vaccination.recorded",
    "vaccination.deferred",
    "diagnosis.recorded",
    "referral.made",
    "referral.closed",
    "identity.linked",
)
SUBJECT_OF = {
    "source.registered": "source",
    "center.filed": "center",
    "center.closed": "center",
    "clinic.listed": "clinic",
    "contract.signed": "contract",
    "contract.ended": "contract",
    "staff.certified": "staff",
    "staff.left": "staff",
    "training.completed": "staff",
    "guidance.delivered": "center",
    "calendar.published": "calendar",
    "population.reported": "region",
}
EVERY_SIDE = ("record.retracted", "reporting.completed")


def test_the_kinds_are_the_contracts() -> None:
    assert set(KINDS) == {*CLINIC_SIDE, *CENTER_SIDE, *REGISTRY_SIDE, *EVERY_SIDE}


@pytest.mark.parametrize(
    ("kinds", "side"), [(CLINIC_SIDE, "clinic"), (CENTER_SIDE, "center"), (REGISTRY_SIDE, "registry")]
)
def test_each_side_has_its_kinds_and_its_topic(kinds: tuple[str, ...], side: str) -> None:
    assert {KINDS[kind].side for kind in kinds} == {side}
    assert {topic_for(an_event(kind)) for kind in kinds} == {f"{side}-events"}


def test_children_are_the_subjects_of_clinics_and_centres_kinds() -> None:
    assert {KINDS[kind].subject for kind in CLINIC_SIDE + CENTER_SIDE} == {"child"}
    assert {kind: KINDS[kind].subject for kind in REGISTRY_SIDE} == SUBJECT_OF


def test_a_clinic_sends_its_side_a_centre_its_side_a_registry_all() -> None:
    may = {side: {name for name, kind in KINDS.items() if kind.may_be_sent_by(side)} for side in TOPICS}
    assert may["clinic"] == {*CLINIC_SIDE, *EVERY_SIDE}
    assert may["center"] == {*CENTER_SIDE, *EVERY_SIDE}
    assert may["registry"] == set(KINDS)


def test_every_kind_is_retractable_but_three() -> None:
    fixed = {name for name, kind in KINDS.items() if not kind.retractable}
    assert fixed == {"source.registered", "record.retracted", "reporting.completed"}


@pytest.mark.parametrize("kind", [*CLINIC_SIDE, *CENTER_SIDE, *(k for k in REGISTRY_SIDE if k != "source.registered")])
def test_a_retraction_goes_where_its_records_kind_goes(kind: str) -> None:
    assert topic_for(a_retraction(kind, "registry:b")) == topic_for(an_event(kind))


@pytest.mark.parametrize("side", TOPICS)
def test_reporting_completed_goes_to_the_topic_of_its_source(side: str) -> None:
    assert topic_for(an_event("reporting.completed", source=f"{side}:a")) == f"{side}-events"


@pytest.mark.parametrize("name", ["", "checkup.recorded", "checkup.recorded.v2", "nothing.done.v1", None, 7, ["x"]])
def test_what_is_no_type_of_ours_has_no_kind(name: object) -> None:
    assert kind_of_type(name) is None


def test_an_event_of_an_unknown_kind_has_no_topic() -> None:
    with pytest.raises(KeyError):
        topic_for(an_event(type="nothing.done.v1"))
    with pytest.raises(KeyError):
        topic_for(a_retraction("nothing.done", "clinic:a"))


HEX = "0123456789abcdef" * 2
FITTING = {
    "child": [f"cn-id:{HEX}", f"birth-cert:{HEX}", f"local:{HEX}"],
    "source": ["source:clinic:a", "source:center:a-1", "source:registry:9"],
    "center": ["center:yucai"],
    "clinic": ["clinic:" + "a" * 63],
    "staff": [f"staff:{HEX}"],
    "contract": ["contract:A.b_c-1"],
    "calendar": ["calendar:2026"],
    "region": ["region:131127"],
}
NOT_FITTING = {
    "child": [f"cn-id:{HEX.upper()}", f"cn-id:{HEX[1:]}", f"cn-id:{HEX}\n", f"passport:{HEX}", HEX],
    "source": ["source:clinic", "clinic:a", "source:shop:a", "source:clinic:A"],
    "center": ["center:", "center:-a", "yucai", "center:a_b"],
    "clinic": ["clinic:" + "a" * 64, "clinic:Ä"],
    "staff": ["staff:zhang", f"staff:{HEX}0"],
    "contract": ["contract:", "contract:a b", "contract:" + "x" * 65],
    "calendar": ["calendar:26", "calendar:２０２６"],
    "region": ["region:", "region:景县"],
}


@pytest.mark.parametrize("scheme", SUBJECTS)
def test_subjects_have_their_form(scheme: str) -> None:
    kind = next(kind for kind in KINDS.values() if kind.subject == scheme)
    assert all(map(kind.subject_fits, FITTING[scheme]))
    assert not any(map(kind.subject_fits, NOT_FITTING[scheme]))
    assert SUBJECT_WORDS[scheme]
