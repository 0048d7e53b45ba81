"""The rule `cluster`: several children of a class, or of a centre, with signs of the same illness. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from pydantic import Field

from streams.clinical.center.case import CenterCase
from streams.clinical.center.seen import Sign
from streams.clinical.center_rules import CENTER
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.part import Part

ABOUT = CENTER
WHOLE = "center"
ONE_DAY = timedelta(days=1)
Chain = Sequence[Sign]
"""Signs of one place and group in order of their days, without a gap that ends it."""


class Parameters(Part):
    """`groups`: group → the symptoms and conditions in it.

    Reached: within `window_days` so many children of a class, or so many of a centre's, of at least `center_classes`.
    More than `quiet_days` between two signs, or since the last: the chain has ended.
    """

    groups: Mapping[str, tuple[str, ...]]
    window_days: int = Field(ge=1)
    quiet_days: int = Field(ge=1)
    class_children: int = Field(ge=1)
    center_children: int = Field(ge=1)
    center_classes: int = Field(ge=1)


def find(case: CenterCase, parameters: Parameters) -> Found:
    """Chains that were reached and have not ended; a new day wakes, when a sign's day comes or a chain ends."""
    quiet = timedelta(days=parameters.quiet_days)
    trails = ((group, _trail(case, words, parameters.quiet_days)) for group, words in parameters.groups.items())
    chains = (found for group, signs in trails for found in _chains(group, signs, parameters.quiet_days))
    going_on = [(p, g, c) for p, g, c in chains if case.today <= c[-1].day + quiet]
    reached = [(place, group, chain) for place, group, chain in going_on if _is_reached(place, chain, parameters)]
    ends = [chain[-1].day + quiet + ONE_DAY for _, _, chain in reached]
    to_come = [day for day in case.signs if day > case.today]
    return Found(tuple(_episode(*each) for each in sorted(reached)), earliest(*ends, *to_come))


def _trail(case: CenterCase, words: Sequence[str], quiet_days: int) -> list[Sign]:
    """Signs of a group, back from today until longer than `quiet_days` there were none: chains go no further."""
    found: list[Sign] = []
    day, silent = case.today, 0
    while silent <= quiet_days:
        signs = [sign for sign in case.signs.get(day, ()) if not set(words).isdisjoint(sign.what)]
        silent = 0 if signs else silent + 1
        found += signs
        day -= ONE_DAY
    return found


def _chains(group: str, signs: Sequence[Sign], quiet_days: int) -> Iterator[tuple[str, str, Chain]]:
    """(place, group, chain) of every class and of the centre."""
    of_place: dict[str, list[Sign]] = defaultdict(list)
    for sign in sorted(signs, key=lambda sign: (sign.day, sign.child, sign.class_id, sign.name)):
        of_place[f"class:{sign.class_id}"].append(sign)
        of_place[WHOLE].append(sign)
    for place, told in of_place.items():
        yield from ((place, group, chain) for chain in _without_gaps(told, quiet_days))


def _without_gaps(signs: Sequence[Sign], quiet_days: int) -> Iterator[Chain]:
    chain: list[Sign] = []
    for sign in signs:
        if chain and (sign.day - chain[-1].day).days > quiet_days:
            yield chain
            chain = []
        chain.append(sign)
    if chain:
        yield chain


def _is_reached(place: str, chain: Chain, parameters: Parameters) -> bool:
    needed = parameters.center_children if place == WHOLE else parameters.class_children
    if place == WHOLE and len({sign.class_id for sign in chain}) < parameters.center_classes:
        return False
    window = timedelta(days=parameters.window_days)
    days = {sign.day for sign in chain}
    return any(len({s.child for s in chain if day - window < s.day <= day}) >= needed for day in days)


def _episode(place: str, group: str, chain: Chain) -> Episode:
    """No child is named: `children` and `cases` are numbers."""
    first, last = chain[0].day, chain[-1].day
    detail = {
        "group": group,
        "class": "" if place == WHOLE else place.partition(":")[2],
        "children": len({sign.child for sign in chain}),
        "cases": len({(sign.child, sign.day, sign.class_id) for sign in chain}),
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
    }
    records = tuple(dict.fromkeys(sign.name for sign in chain))
    return Episode(_name(place, group, first), due_on=first, detail=detail, records=records)


def _name(place: str, group: str, first: date) -> str:
    return f"{place}|{group}|{first.isoformat()}"


def ended(case: CenterCase, held: Held, parameters: Parameters) -> str:
    """expired when the chain that began on that day has ended, corrected when there is no such chain any longer."""
    quiet = timedelta(days=parameters.quiet_days)
    until_today = [sign for day, signs in case.signs.items() if day <= case.today for sign in signs]
    for group, words in parameters.groups.items():
        signs = [sign for sign in until_today if not set(words).isdisjoint(sign.what)]
        for place, _, chain in _chains(group, signs, parameters.quiet_days):
            if _name(place, group, chain[0].day) == held.name and _is_reached(place, chain, parameters):
                return "expired" if case.today > chain[-1].day + quiet else "corrected"
    return "corrected"
