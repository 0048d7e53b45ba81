"""The one registry of event kinds: from it follow topic, who may send, the subject's form, and the documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from schemas import center, clinic, every_side, registry
from schemas.envelope import Envelope, event_model
from schemas.event import RETRACTION, VERSION_SUFFIX
from schemas.fields import CHILD_SUBJECT, CHILD_SUBJECT_WORDS, FACILITY, OTHER_ID, Data

Side = Literal["clinic", "center", "registry"]
REPORTING = "reporting.completed"
REGISTRATION_OF_SOURCE = "source.registered"
TOPICS: Mapping[str, str] = {side: f"{side}-events" for side in ("clinic", "center", "registry")}

SUBJECTS: Mapping[str, str] = {
    "child": CHILD_SUBJECT,
    "source": f"source:(clinic|center|registry):{FACILITY}",
    "center": f"center:{FACILITY}",
    "clinic": f"clinic:{FACILITY}",
    "staff": "staff:[0-9a-f]{32}",
    "contract": f"contract:{OTHER_ID}",
    "calendar": "calendar:[0-9]{4}",
    "region": f"region:{OTHER_ID}",
}
SUBJECT_WORDS: Mapping[str, str] = {
    "child": CHILD_SUBJECT_WORDS,
    "source": "source:SOURCE, for example source:clinic:chengguan",
    "center": "center:ID",
    "clinic": "clinic:ID",
    "staff": "staff: + 32 lower-case hex",
    "contract": "contract:ID",
    "calendar": "calendar:YEAR",
    "region": "region:CODE",
    "any": "the subject of the record that is retracted",
}
_COMPILED = {name: re.compile(rf"{pattern}\Z") for name, pattern in SUBJECTS.items()}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. `side` None: every side may send it, on the topic that follows from its content.

    `subject`: the scheme of its subjects, a key of SUBJECTS; "any" for a retraction, whose record's kind has one.
    """

    name: str
    side: Side | None
    model: type[Data]
    subject: str

    @property
    def retractable(self) -> bool:
        return self.side is not None and self.name != REGISTRATION_OF_SOURCE

    @property
    def event_model(self) -> type[Envelope]:
        """The model of a whole event of this kind."""
        return _event_model(self.name)

    def subject_fits(self, subject: str) -> bool:
        return _COMPILED[self.subject].match(subject) is not None

    def may_be_sent_by(self, side: str) -> bool:
        return side == "registry" or self.side in (None, side)


def _all() -> dict[str, Kind]:
    child: list[tuple[str, Side, type[Data]]] = [
        ("child.registered", "clinic", clinic.ChildRegistered),
        ("child.departed", "clinic", clinic.ChildDeparted),
        ("checkup.recorded", "clinic", clinic.CheckupRecorded),
        ("vaccination.recorded", "clinic", clinic.VaccinationRecorded),
        ("vaccination.deferred", "clinic", clinic.VaccinationDeferred),
        ("diagnosis.recorded", "clinic", clinic.DiagnosisRecorded),
        ("referral.made", "clinic", clinic.ReferralMade),
        ("referral.closed", "clinic", clinic.ReferralClosed),
        ("identity.linked", "clinic", clinic.IdentityLinked),
        ("child.enrolled", "center", center.ChildEnrolled),
        ("child.withdrawn", "center", center.ChildWithdrawn),
        ("attendance.recorded", "center", center.AttendanceRecorded),
        ("health-check.recorded", "center", center.HealthCheckRecorded),
        ("measurement.recorded", "center", center.MeasurementRecorded),
        ("development.observed", "center", center.DevelopmentObserved),
        ("incident.recorded", "center", center.IncidentRecorded),
    ]
    bureau: list[tuple[str, str, type[Data]]] = [
        (REGISTRATION_OF_SOURCE, "source", registry.SourceRegistered),
        ("center.filed", "center", registry.CenterFiled),
        ("center.closed", "center", registry.CenterClosed),
        ("clinic.listed", "clinic", registry.ClinicListed),
        ("contract.signed", "contract", registry.ContractSigned),
        ("contract.ended", "contract", registry.ContractEnded),
        ("staff.certified", "staff", registry.StaffCertified),
        ("staff.left", "staff", registry.StaffLeft),
        ("training.completed", "staff", registry.TrainingCompleted),
        ("guidance.delivered", "center", registry.GuidanceDelivered),
        ("calendar.published", "calendar", registry.CalendarPublished),
        ("population.reported", "region", registry.PopulationReported),
    ]
    kinds = [Kind(name, side, model, "child") for name, side, model in child]
    kinds += [Kind(name, "registry", model, subject) for name, subject, model in bureau]
    kinds.append(Kind(RETRACTION, None, every_side.RecordRetracted, "any"))
    kinds.append(Kind(REPORTING, None, every_side.ReportingCompleted, "source"))
    return {kind.name: kind for kind in kinds}


KINDS: Mapping[str, Kind] = _all()
_BY_TYPE: Mapping[str, Kind] = {name + VERSION_SUFFIX: kind for name, kind in KINDS.items()}


@cache
def _event_model(name: str) -> type[Envelope]:
    kind = KINDS[name]
    return event_model(kind.model, SUBJECTS.get(kind.subject), SUBJECT_WORDS[kind.subject])


def kind_of_type(event_type: object) -> Kind | None:
    """The kind of a CloudEvents type such as `checkup.recorded.v1`, None when it is unknown."""
    return _BY_TYPE.get(event_type) if isinstance(event_type, str) else None


def topic_for(event: Mapping[str, Any]) -> str:
    """The topic an event goes to: its kind's, or for a retraction that of the retracted kind. Raises KeyError."""
    kind = kind_of_type(event["type"])
    if kind is None:
        raise KeyError(event["type"])
    if kind.name == RETRACTION:
        kind = KINDS[event["data"]["kind"]]
    return TOPICS[kind.side or str(event["source"]).partition(":")[0]]
