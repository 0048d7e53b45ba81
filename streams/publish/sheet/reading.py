"""A spreadsheet's bytes become events by a known template: no mapping, no file, no network, no clock.

sheet = read_sheet(content, "checkups.xlsx", "clinic:chengguan", county_key, zone)
for sheet_name, row, event in sheet.events: …   # valid, ready to publish
for problem in sheet.problems: print(problem)     # sheet, row, column, what is allowed
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from streams.publish.sheet.found import Language, Sheet


def read_sheet(
    content: bytes,
    filename: str,
    source: str,
    county_key: bytes,
    zone: ZoneInfo,
    lang: Language | None = None,
    *,
    template: str | None = None,
    now_ms: int | None = None,
) -> Sheet:
    """The events of every sheet that follows a template, and everything that is wrong with the others.

    `filename`: its ending says what it is (.xlsx, .csv). `source`: whose records these are, as clinic:chengguan.
    `county_key`: subjects are made with it; no identifier leaves this function. `zone`: in which dates are local.
    `lang`: language of messages, by default that of the headings. `template`: name of the template, by default
    recognised by the headings. `now_ms`: ms since 1970; events of a day after tomorrow are then a problem.

    Raises WrongSheet, one line, when the file as a whole cannot be read: no spreadsheet, too large, no known
    headings, a required column missing, a column that is not known.
    """
    raise NotImplementedError
