"""Imports WHO's survey of 498 children into a running stack, as `huiyu import --example who-survey` does."""

from __future__ import annotations

from streams.errors import Failure
from streams.publish import Publisher
from streams.publish.importing import Tally, import_sheet
from streams.publish.lines import read_lines
from streams.publish.sheet.mapping import load_mapping
from streams.publish.survey import EXAMPLE_KEY, survey_csv, survey_mapping, survey_sources
from streams.settings import Settings


def import_survey(settings: Settings) -> Tally:
    """Publish the survey's clinic, registrations and checkups. Raises Failure when anything is refused."""
    tally, mapping = Tally(), load_mapping(survey_mapping())
    with Publisher(settings=settings) as publisher:
        for line in read_lines([str(survey_sources())]):
            publisher.publish(line.event)
        problems = list(import_sheet(survey_csv(), mapping, publisher, EXAMPLE_KEY, 1, tally))
    if problems:
        raise Failure(f"{len(problems)} cells of WHO's survey were refused, the first: {problems[0]}")
    return tally
