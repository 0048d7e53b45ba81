"""Events that every side may send: retractions, and that everything up to a time has been sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.fields import Data, FacilityId, Note, Time


class RecordRetracted(Data):
    """A record does not hold; `kind` and the envelope's recordid name it 撤回."""

    kind: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Note
    center_id: FacilityId | None = None


class ReportingCompleted(Data):
    """Everything that happened up to `through` has been sent 上报完毕."""

    through: Time
