"""State that another version of huiyu wrote is refused, and what to do is told."""

from __future__ import annotations

import pytest

from streams.errors import OtherVersion
from streams.transport.state_version import check, header, version_of


def test_the_version_travels_in_a_header() -> None:
    assert version_of([("trace", b"x"), header(7)]) == 7


def test_state_that_bears_no_version_is_of_the_first() -> None:
    assert version_of([]) == 1


@pytest.mark.parametrize("found", [[], [3], [3, 3, 3]])
def test_a_stage_goes_on_from_its_own_version_and_from_nothing(found: list[int]) -> None:
    check(found, 3, "timeline-state/0")


@pytest.mark.parametrize(
    ("found", "remedy"),
    [([4], "upgrade huiyu"), ([3, 4], "upgrade huiyu"), ([2], "huiyu rebuild"), ([2, 3], "rebuild")],
)
def test_another_version_is_told_with_its_place_and_a_remedy(found: list[int], remedy: str) -> None:
    with pytest.raises(OtherVersion, match=remedy) as told:
        check(found, 3, "timeline-state/0")
    assert str(told.value).startswith("timeline-state/0 is of state version")
    assert "\n" not in str(told.value)
