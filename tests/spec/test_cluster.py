"""cluster: several children with signs of one illness, in a class or across a centre."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.clinical.center.case import CenterCase
from streams.clinical.center.seen import Sign
from streams.clinical.center_rules import cluster as rule
from streams.clinical.episode import Held
from tests.spec.center_cases import a_sign, by_day, day

GROUPS = {"fever": ("fever",), "mouth-sores": ("mouth-sores", "hfmd")}
SET = rule.Parameters(groups=GROUPS, window_days=7, quiet_days=7, class_children=3, center_children=5, center_classes=2)


def names(today: int, signs: list[Sign]) -> set[str]:
    return {episode.name for episode in rule.find(CenterCase(day(today), by_day(signs)), SET).episodes}


def ended(today: int, signs: list[Sign], name: str) -> str:
    return rule.ended(CenterCase(day(today), by_day(signs)), Held(name, {}), SET)


def test_three_children_of_a_class_within_seven_days_are_a_cluster() -> None:
    signs = [a_sign(1, "ann"), a_sign(4, "bea"), a_sign(7, "cui")]
    assert names(6, signs) == set()
    assert names(7, signs) == {f"class:c1|fever|{day(1)}"}
    assert names(8, [*signs[:2], a_sign(8, "cui")]) == set()


def test_a_clinics_diagnosis_joins_what_the_centre_saw() -> None:
    signs = [a_sign(1, "ann", "mouth-sores"), a_sign(2, "bea", "hfmd"), a_sign(2, "cui", "mouth-sores")]
    assert names(2, signs) == {f"class:c1|mouth-sores|{day(1)}"}


def test_one_child_on_three_days_is_one_child() -> None:
    assert names(3, [a_sign(n, "ann") for n in (1, 2, 3)]) == set()


def test_five_children_of_two_classes_are_a_cluster_of_the_centre() -> None:
    signs = [a_sign(1, c, class_id="c1") for c in ("a", "b")] + [a_sign(2, c, class_id="c2") for c in ("d", "e")]
    assert names(3, signs) == set()
    assert names(3, [*signs, a_sign(3, "f", class_id="c3")]) == {f"center|fever|{day(1)}"}


def test_five_children_of_one_class_are_no_cluster_of_the_centre() -> None:
    assert names(1, [a_sign(1, child) for child in "abcde"]) == {f"class:c1|fever|{day(1)}"}


def test_it_lasts_for_seven_days_after_the_last_sign_and_grows() -> None:
    signs = [a_sign(1, child) for child in "abc"]
    name = f"class:c1|fever|{day(1)}"
    assert names(8, signs) == {name}
    assert names(9, signs) == set()
    assert ended(9, signs, name) == "expired"
    grown = [*signs, a_sign(8, "d")]
    assert names(15, grown) == {name}
    assert rule.find(CenterCase(day(15), by_day(grown)), SET).episodes[0].detail["children"] == 4


def test_after_more_than_seven_quiet_days_another_one_begins() -> None:
    signs = [a_sign(n, child) for n in (1, 9) for child in "abc"]
    assert names(9, signs) == {f"class:c1|fever|{day(9)}"}


def test_when_its_first_sign_is_corrected_to_another_day_it_moves() -> None:
    moved = [a_sign(2, "ann"), a_sign(2, "bea"), a_sign(3, "cui")]
    assert names(3, moved) == {f"class:c1|fever|{day(2)}"}
    assert ended(3, moved, f"class:c1|fever|{day(1)}") == "corrected"


def test_an_alert_about_a_cluster_names_no_child() -> None:
    (episode,) = rule.find(CenterCase(day(1), by_day([a_sign(1, f"child-{n}") for n in range(3)])), SET).episodes
    assert "child-" not in repr(episode.detail)


def plain(today: int, signs: list[Sign]) -> set[str]:
    """By the definition: every pair of place and group, every window, by sets of numbers of days."""
    found = set()
    for group, words in GROUPS.items():
        mine = [(s.day.toordinal() - day(0).toordinal(), s.child, s.class_id) for s in signs if s.what[0] in words]
        mine = [m for m in mine if m[0] <= today]
        for place in {"center"} | {m[2] for m in mine}:
            here = [m for m in mine if place in ("center", m[2])]
            days = sorted({m[0] for m in here})
            firsts = [d for n, d in enumerate(days) if n == 0 or d - days[n - 1] > 7]
            for first in firsts:
                chain = [m for m in here if m[0] >= first and not any(first < f <= m[0] for f in firsts)]
                need = 5 if place == "center" else 3
                reached = any(
                    max(m[0] for m in some) - min(m[0] for m in some) <= 6 and len({m[1] for m in some}) == need
                    for some in combinations(chain, need)
                )
                wide = place != "center" or len({m[2] for m in chain}) >= 2
                if reached and wide and today <= max(m[0] for m in chain) + 7:
                    found.add(f"{'center' if place == 'center' else 'class:' + place}|{group}|{day(first)}")
    return found


SIGNS = st.builds(
    a_sign,
    st.integers(1, 24),
    st.sampled_from("abcdef"),
    st.sampled_from(["fever", "hfmd", "other"]),
    st.sampled_from(["c1", "c2"]),
)


@settings(max_examples=400, deadline=None)
@given(st.integers(1, 30), st.lists(SIGNS, max_size=14), st.randoms())
def test_in_any_order_and_doubled_it_finds_what_the_definition_says(today: int, signs: list[Sign], rng: object) -> None:
    doubled = [*signs, *signs[:3]]
    rng.shuffle(doubled)  # type: ignore[attr-defined]
    assert names(today, doubled) == plain(today, signs)
