"""The alerts about one child that its records call for on a day, rule by rule, each told as the rule's text says it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from streams.simulate.books import Entry
from streams.simulate.calendar import months_earlier, months_later
from streams.simulate.growth_truth import counted_from, lines_reached, scores
from streams.simulate.schedule_truth import wanted_alert
from streams.simulate.vaccination_truth import vaccination_overdue
from streams.simulate.wanted import Judged, Wanted, day_of

VISITS = ("checkup.recorded", "measurement.recorded")
ONE_DAY = timedelta(days=1)


def wanted(judged: Judged) -> list[Wanted]:
    """Every active alert of a child."""
    if judged.is_past:
        return []
    checkup = wanted_alert(judged.child, judged.today, judged.heard)
    found = [Wanted("checkup-overdue", checkup[0], checkup[1], checkup[2], checkup[0])] if checkup else []
    rules = (_entry, vaccination_overdue, _development, _anaemia, _growth_low, _growth_high, _faltering)
    found += [alert for rule in rules if (alert := rule(judged)) is not None]
    return [*found, *_referrals(judged)]


def _entry(judged: Judged) -> Wanted | None:
    if judged.place is None:
        return None
    center = str(judged.place.data["center_id"])
    came = _came(judged, center)
    first = months_earlier(came, 3)
    seen = [day for day in judged.child.checkup_days() if first <= day <= judged.today]
    if seen or came > judged.heard:
        return None
    return Wanted("entry-checkup-missing", f"{center}|{came.isoformat()}", due_on=came)


def _came(judged: Judged, center: str) -> date:
    """The first day of the unbroken stay in a centre."""
    stays = sorted(_stays(judged, center))
    first = judged.today
    for begins, ends in reversed(stays):
        if begins <= first <= ends + ONE_DAY:
            first = min(first, begins)
    for begins, ends in reversed(stays):
        if begins < first and ends + ONE_DAY >= first:
            first = begins
    return first


def _stays(judged: Judged, center: str) -> Iterable[tuple[date, date]]:
    left = [date.fromisoformat(e.data["date"]) for e in judged.records("child.withdrawn") if _of(e, center)]
    for entry in judged.records("child.enrolled"):
        if _of(entry, center):
            begins = date.fromisoformat(entry.data["from_date"])
            ends = [day - ONE_DAY for day in left if day > begins]
            until = entry.data.get("until")
            last = min([*ends, date.fromisoformat(until) if until else date.max - ONE_DAY])
            if last >= begins:
                yield begins, last


def _of(entry: Entry, center: str) -> bool:
    return bool(entry.data["center_id"] == center)


def _referrals(judged: Judged) -> Iterable[Wanted]:
    closed = {entry.data["referral_id"] for entry in judged.records("referral.closed")}
    last = {entry.data["referral_id"]: entry for entry in judged.records("referral.made")}
    for name, entry in last.items():
        due = date.fromisoformat(entry.data["due_date"])
        if name not in closed and due + ONE_DAY <= judged.heard:
            yield Wanted("referral-open", str(name), due_on=due)


def _development(judged: Judged) -> Wanted | None:
    first: date | None = None
    for entry in judged.so_far("checkup.recorded", "development.observed"):
        found = _screened(entry)
        if found == "clean":
            first = None
        elif found == "positive" and first is None:
            first = day_of(entry)
    if first is None or any(day_of(e) >= first for e in judged.so_far("referral.made")):
        return None
    return Wanted("development-warning", first.isoformat(), due_on=first)


def _screened(entry: Entry) -> str:
    if entry.kind == "development.observed":
        return "positive" if entry.data["positive"] else "clean"
    signs, screenings = entry.data.get("warning_signs"), entry.data.get("screenings") or []
    if signs and signs["positive"]:
        return "positive"
    passed = screenings != [] and all(screening["result"] == "pass" for screening in screenings)
    return "clean" if signs is not None or passed else ""


def _anaemia(judged: Judged) -> Wanted | None:
    tested = [e for e in judged.so_far("checkup.recorded") if "haemoglobin_g_l" in e.data]
    if not tested:
        return None
    last, day = float(tested[-1].data["haemoglobin_g_l"]), day_of(tested[-1])
    if day >= months_later(judged.born, 84) or last >= _least(judged.born, day):
        return None
    return Wanted("anaemia", "", "escalated" if last < 60 else "open")


def _least(born: date, day: date) -> int:
    """Grams a litre below which blood is anaemic at that age."""
    if day < born + timedelta(days=28):
        return 145
    if day < months_later(born, 4):
        return 90
    return 100 if day < months_later(born, 6) else 110


def _bands(judged: Judged) -> dict[str, int]:
    """The latest band of each measure: how many whole lines of deviation above (or below) the middle."""
    latest: dict[str, int] = {}
    for entry in judged.so_far(*VISITS):
        latest |= _bands_of(judged, entry)
    return latest


def _bands_of(judged: Judged, entry: Entry) -> dict[str, int]:
    registration, day = judged.child.registration.data, day_of(entry)
    lines = lines_reached(registration["sex"], counted_from(registration, day), day, entry.data)
    return {name: line for name, line in lines.items() if line is not None}


def _growth_low(judged: Judged) -> Wanted | None:
    lowest = min(_bands(judged).values(), default=0)
    if lowest >= -2:
        return None
    return Wanted("growth-low", "", "escalated" if lowest < -3 else "open")


def _growth_high(judged: Judged) -> Wanted | None:
    heavy = _bands(judged).get("wst_wfl", 0)
    if heavy < 1:
        return None
    return Wanted("growth-high", "", "escalated" if heavy >= 2 else "open")


def _faltering(judged: Judged) -> Wanted | None:
    weighed = [e for e in judged.so_far(*VISITS) if "weight_kg" in e.data and not e.data.get("oedema")]
    if len(weighed) < 2:
        return None
    *before, last = weighed
    day = day_of(last)
    past = [e for e in before if day_of(e) <= months_earlier(day, 3)]
    if day < months_later(judged.born, 24) and past and past[-1].data["weight_kg"] >= last.data["weight_kg"]:
        return Wanted("growth-faltering", "")
    now = _waz(judged, last)
    for entry in before:
        if now is None or not months_earlier(day, 6) <= day_of(entry) <= months_earlier(day, 1):
            continue
        then = _waz(judged, entry)
        if then is not None and round(then - now, 2) > 1.0:
            return Wanted("growth-faltering", "")
    return None


def _waz(judged: Judged, entry: Entry) -> float | None:
    registration, day = judged.child.registration.data, day_of(entry)
    return scores(registration["sex"], counted_from(registration, day), day, entry.data)["waz"]
