"""The rule `referral-open`: a referral is past its date and nobody has said what became of it. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.telling import CLOSED, REFERRED, Referral, ReferralClosed
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

KINDS = frozenset({REFERRED, CLOSED})


class Parameters(Part):
    """`days_after_due`: from so many days after its date on a referral is late."""

    days_after_due: int = Field(default=1, ge=0)


def find(case: ChildCase, parameters: Parameters) -> Found:
    """One for each referral that is late at H and not closed."""
    closed = _closed(case)
    referrals = {referral.referral_id: referral for referral in case.told(Referral)}
    waiting = [referral for name, referral in sorted(referrals.items()) if name not in closed]
    late = [r for r in waiting if _late_on(r, parameters) <= case.heard]
    coming = (day for r in waiting if (day := _late_on(r, parameters)) > case.heard)
    return Found(tuple(_episode(referral) for referral in late), None, earliest(*coming))


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    """done: it was closed."""
    return "done" if held.name in _closed(case) else ""


def _late_on(referral: Referral, parameters: Parameters) -> date:
    return referral.due_on + timedelta(days=parameters.days_after_due)


def _closed(case: ChildCase) -> set[str]:
    return {closed.referral_id for closed in case.told(ReferralClosed)}


def _episode(referral: Referral) -> Episode:
    detail = {"referral_id": referral.referral_id, "referred_on": referral.on.isoformat()}
    return Episode(referral.referral_id, due_on=referral.due_on, detail=detail, records=named(referral))
