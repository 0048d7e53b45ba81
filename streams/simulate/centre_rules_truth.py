"""The alerts about children in centres, and about clusters of illness, that the books call for on a day after noon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from tomllib import loads

from streams.simulate.books import JSON, Entry
from streams.simulate.calendar import span
from streams.simulate.centre_truth import CENTER_SIDE, is_enrolled
from streams.simulate.entries import happened, local_day
from streams.simulate.wanted import Wanted

ONE_DAY = timedelta(days=1)
Day = dict[str, list[Entry]]
"""Subject → its records of one day."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whose child a subject is, where a clinic registered it and the centre enrolled it."""

    child_id: str
    clinic_id: str
    has_died: bool
    diagnoses: tuple[Entry, ...]


class CentreBook:
    """What one centre wrote down, and who its children are. `is_working`: of a date."""

    def __init__(
        self, name: str, entries: Iterable[Entry], known: Callable[[str, str], Known | None], today: date
    ) -> None:
        self.name, self.today = name, today
        self.entries = [entry for entry in entries if entry.kind in CENTER_SIDE]
        self.of_subject: dict[str, list[Entry]] = defaultdict(list)
        self.days: dict[date, Day] = defaultdict(lambda: defaultdict(list))
        for entry in sorted(self.entries, key=lambda e: (happened(e), e.record)):
            self.of_subject[entry.subject].append(entry)
            if entry.kind in ("attendance.recorded", "health-check.recorded"):
                self.days[local_day(entry)][entry.subject].append(entry)
        self.known = {subject: known(name, subject) for subject in self.of_subject}

    def attendance(self, subject: str, day: date) -> JSON | None:
        told = [e.data for e in self.days[day][subject] if e.kind == "attendance.recorded"]
        return told[-1] if told else None

    def checks(self, subject: str, day: date) -> list[JSON]:
        return [e.data for e in self.days[day][subject] if e.kind == "health-check.recorded"]

    def enrolled(self, subject: str, day: date, services: Iterable[str] = ()) -> list[Entry]:
        own = self.of_subject[subject]
        places = [e for e in own if e.kind == "child.enrolled" and is_enrolled(day, e, own)]
        return [e for e in places if not services or e.data["service"] in services]

    @cached_property
    def reported(self) -> set[date]:
        return {day for day, told in self.days.items() if any(self.attendance(subject, day) for subject in list(told))}

    @cached_property
    def checked(self) -> set[date]:
        return {d for d, told in self.days.items() if any(self.has_morning_check(subject, d) for subject in list(told))}

    def has_morning_check(self, subject: str, day: date) -> bool:
        return any(check["kind"] == "morning" for check in self.checks(subject, day))


def alerts_of_centre(book: CentreBook, is_working: Callable[[date], bool]) -> Iterator[JSON]:
    for subject in sorted(book.of_subject):
        known = book.known[subject]
        if known and known.has_died:
            continue
        for alert in (*_absence(book, subject, is_working), *_sick(book, subject), *_last_days(book, subject)):
            yield _row(alert, book, known)
    for alert in _clusters(book):
        yield _row(alert, book, None)


def _row(alert: Wanted, book: CentreBook, known: Known | None) -> JSON:
    return {
        "alert_id": alert.alert_id(book.name),
        "child_id": known.child_id if known else "",
        "rule": alert.rule,
        "severity": alert.severity,
        "milestone": "",
        "state": "open",
        "due_on": alert.due_on.isoformat() if alert.due_on else None,
        "clinic_id": known.clinic_id if known else "",
        "center_id": book.name,
    }


def _named(rule: str, subject: str, day: date) -> Wanted:
    return Wanted(rule, f"{subject}|{day.isoformat()}", due_on=day)


def _absence(book: CentreBook, subject: str, is_working: Callable[[date], bool]) -> Iterator[Wanted]:
    """Counted forward from the first enrolment."""
    starts = [e.data["from_date"] for e in book.of_subject[subject] if e.kind == "child.enrolled"]
    run: list[date] = []
    for day in span(date.fromisoformat(min(starts)), book.today) if starts else ():
        if not is_working(day):
            continue
        told = book.attendance(subject, day)
        regular = book.enrolled(subject, day, ("full-day", "half-day"))
        if not regular or (
            told and (told["status"] == "present" or told.get("absence_reason", "unknown") != "unknown")
        ):
            run = []
        elif day not in book.reported:
            run = run if len(run) >= 3 else []
        elif told or day < book.today:
            run.append(day)
    if len(run) >= 3:
        yield _named("absence-unexplained", subject, run[0])


def _sick(book: CentreBook, subject: str) -> Iterator[Wanted]:
    run: list[date] = []
    for day in sorted(day for day in book.days if day <= book.today):
        told = book.attendance(subject, day)
        if told is not None:
            run = [*run, day] if told.get("absence_reason") == "sick" else []
    signs = {s for day in run for data in _told(book, subject, day) for s in data.get("symptoms", ())}
    if run and book.enrolled(subject, book.today) and (len(run) >= 2 or signs & {"fever", "rash"}):
        yield _named("sick-absence", subject, run[0])


def _told(book: CentreBook, subject: str, day: date) -> list[JSON]:
    attendance = book.attendance(subject, day)
    return [*([attendance] if attendance else []), *book.checks(subject, day)]


def _last_days(book: CentreBook, subject: str) -> Iterator[Wanted]:
    """What is told of today and of the day before."""
    for day in (book.today - ONE_DAY, book.today):
        hot = 0
        for check in book.checks(subject, day):
            if check["action"] != "admitted":
                hot = 0
            elif check.get("temperature_c", 0) >= 37.5:
                hot += 1
        if hot:
            yield _named("fever-admitted", subject, day)
        told = book.attendance(subject, day)
        present = told is not None and told["status"] == "present"
        if present and day in book.checked and not book.has_morning_check(subject, day):
            yield _named("not-checked", subject, day)


@dataclass(frozen=True, slots=True, order=True)
class Case:
    day: date
    group: str
    child: str
    words: tuple[str, ...]


def _clusters(book: CentreBook) -> Iterator[Wanted]:
    cases = sorted({*_seen(book), *_diagnosed(book)})
    for name, words in groups().items():
        of_group = [case for case in cases if case.day <= book.today and set(words) & set(case.words)]
        for place in ["center", *sorted({f"class:{case.group}" for case in of_group})]:
            here = [case for case in of_group if place in ("center", f"class:{case.group}")]
            for chain in _chains(here):
                if _is_reached(chain, place == "center") and (book.today - chain[-1].day).days <= 7:
                    yield Wanted("cluster", f"{place}|{name}|{chain[0].day.isoformat()}", due_on=chain[0].day)


def _chains(cases: list[Case]) -> Iterator[list[Case]]:
    """Cut where more than seven days lie between two cases."""
    cuts = [0, *(n + 1 for n, (one, next_one) in enumerate(pairwise(cases)) if (next_one.day - one.day).days > 7)]
    for first, end in pairwise([*cuts, len(cases)]):
        if first < end:
            yield cases[first:end]


def _is_reached(chain: list[Case], whole: bool) -> bool:
    if whole and len({case.group for case in chain}) < 2:
        return False
    weeks = ([c.child for c in chain if 0 <= (c.day - case.day).days < 7] for case in chain)
    return any(len(set(week)) >= (5 if whole else 3) for week in weeks)


def _seen(book: CentreBook) -> Iterator[Case]:
    for day, told in book.days.items():
        for subject, records in list(told.items()):
            known = book.known[subject]
            for entry in records:
                if entry.data.get("symptoms"):
                    child = known.child_id if known else subject
                    yield Case(day, entry.data["class_id"], child, tuple(entry.data["symptoms"]))


def _diagnosed(book: CentreBook) -> Iterator[Case]:
    for subject, known in book.known.items():
        for entry in known.diagnoses if known else ():
            onset = date.fromisoformat(entry.data["onset_date"])
            places = sorted(book.enrolled(subject, onset), key=lambda e: e.data["from_date"])
            if places and known:
                yield Case(onset, places[-1].data["class_id"], known.child_id, (entry.data["condition"],))


@cache
def groups() -> dict[str, list[str]]:
    """Group → its symptoms and conditions, as the national pack has them."""
    pack = loads(files("streams.clinical").joinpath("rules", "national.toml").read_text("utf-8"))
    return next(dict(rule["parameters"]["groups"]) for rule in pack["rules"] if rule["id"] == "cluster")
