"""Which alerts of the other rules a child has, found out plainly from its events. Shares nothing with the pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from streams.simulate.growth_truth import growth_of
from tests.property.doses_oracle import doses_of
from tests.property.timeline_oracle import DAY, Event, Truth, days_after, local_day, month_days, rank

Found = tuple[str, str, str, str | None]
"""(rule, episode, state, due_on)"""


def months_before(day: date, months: int) -> date:
    """That day of month so many months earlier, else the last day of that month."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def alerts_of(truth: Truth, heard: date) -> set[Found]:
    """`heard`: H."""
    if not truth.registrations or truth.today is None or truth.left or truth.today >= month_days(truth.born)[84]:
        return set()
    rules = (entry, vaccination, referral, development, low, high, faltering, anaemia)
    return {found for rule in rules for found in rule(truth, heard)}


def seen(truth: Truth, *kinds: str) -> list[Event]:
    """Standing records dated up to today, in their order."""
    events = sorted((e for kind in kinds for e in truth.standing(kind)), key=rank)
    return [event for event in events if truth.today and local_day(event) <= truth.today]


def entry(truth: Truth, heard: date) -> Iterator[Found]:
    center = truth.place()[0]
    if not center or truth.today is None:
        return
    days: set[date] = set()
    withdrawals = [w["data"]["date"] for w in truth.standing("child.withdrawn") if w["data"]["center_id"] == center]
    for enrolment in truth.standing("child.enrolled"):
        data = enrolment["data"]
        if data["center_id"] != center:
            continue
        day = date.fromisoformat(data["from_date"])
        while str(day) <= data.get("until", "9999") and day <= truth.today:
            if any(data["from_date"] < left <= str(day) for left in withdrawals):
                break
            days.add(day)
            day += DAY
    came = truth.today
    while came - DAY in days:
        came -= DAY
    checked = [local_day(c) for c in seen(truth, "checkup.recorded")]
    if came <= heard and not any(months_before(came, 3) <= day for day in checked):
        yield "entry-checkup-missing", f"{center}|{came}", "open", str(came)


def vaccination(truth: Truth, heard: date) -> Iterator[Found]:
    overdue = [str(dose.due) for dose in doses_of(truth, heard).values() if dose.status == "overdue"]
    if overdue:
        yield "vaccination-overdue", "", "open", min(overdue)


def referral(truth: Truth, heard: date) -> Iterator[Found]:
    closed = {event["data"]["referral_id"] for event in truth.standing("referral.closed")}
    made = {event["data"]["referral_id"]: event["data"]["due_date"] for event in truth.standing("referral.made")}
    for name, due in made.items():
        if name not in closed and due < str(heard):
            yield "referral-open", name, "open", due


def development(truth: Truth, heard: date) -> Iterator[Found]:
    run: list[date] = []
    for event in seen(truth, "checkup.recorded", "development.observed"):
        found = says(event)
        if found == "clean":
            run = []
        elif found == "positive":
            run.append(local_day(event))
    if run and not any(local_day(event) >= run[0] for event in seen(truth, "referral.made")):
        yield "development-warning", str(run[0]), "open", str(run[0])


def says(event: Event) -> str:
    data = event["data"]
    if event["type"].startswith("development"):
        return "positive" if data["positive"] else "clean"
    if "warning_signs" in data and data["warning_signs"]["positive"]:
        return "positive"
    results = [screening["result"] for screening in data.get("screenings", [])]
    return "clean" if "warning_signs" in data or (results and set(results) == {"pass"}) else ""


def bands(truth: Truth) -> dict[str, int]:
    """Indicator → the line reached at the latest visit that can be judged."""
    found: dict[str, int] = {}
    for visit in seen(truth, "checkup.recorded", "measurement.recorded"):
        grown = growth_of(truth.holds["data"], local_day(visit), visit["data"])
        found |= {name: grown[name] for name in ("wst_wfa", "wst_lhfa", "wst_wfl") if grown[name] is not None}
    return found


def low(truth: Truth, heard: date) -> Iterator[Found]:
    lowest = min(bands(truth).values(), default=0)
    if lowest < -2:
        yield "growth-low", "", "escalated" if lowest < -3 else "open", None


def high(truth: Truth, heard: date) -> Iterator[Found]:
    line = bands(truth).get("wst_wfl", 0)
    if line >= 1:
        yield "growth-high", "", "escalated" if line >= 2 else "open", None


def faltering(truth: Truth, heard: date) -> Iterator[Found]:
    visits = seen(truth, "checkup.recorded", "measurement.recorded")
    weighed = [v for v in visits if "weight_kg" in v["data"] and not v["data"].get("oedema")]
    if not weighed:
        return
    latest, on = weighed[-1], local_day(weighed[-1])
    weights = [v["data"]["weight_kg"] for v in weighed[:-1] if local_day(v) <= months_before(on, 3)]
    stalled = on < month_days(truth.born)[24] and weights and weights[-1] >= latest["data"]["weight_kg"]
    near = [v for v in weighed[:-1] if months_before(on, 6) <= local_day(v) <= months_before(on, 1)]
    now = waz(truth, latest)
    fell = any((was := waz(truth, v)) is not None and now is not None and round(was - now, 2) > 1 for v in near)
    if stalled or fell:
        yield "growth-faltering", "", "open", None


def waz(truth: Truth, visit: Event) -> float | None:
    found: float | None = growth_of(truth.holds["data"], local_day(visit), visit["data"])["waz"]
    return found


def anaemia(truth: Truth, heard: date) -> Iterator[Found]:
    tested = [c for c in seen(truth, "checkup.recorded") if "haemoglobin_g_l" in c["data"]]
    if not tested:
        return
    on, value, ages = local_day(tested[-1]), tested[-1]["data"]["haemoglobin_g_l"], month_days(truth.born)
    least = 145 if on < days_after(truth.born, 28) else 90 if on < ages[4] else 100 if on < ages[6] else 110
    if on < ages[84] and value < least:
        yield "anaemia", "", "escalated" if value < 60 else "open", None
