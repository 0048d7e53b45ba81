"""One module per rule about a centre, its staff, its children or a source. Pure.

A module `some_rule` is the evaluator `some-rule`. It has

- `ABOUT`: which case it looks at: SUBJECT, CENTER (streams.clinical.center.case), or the scheme of an entity's subject;
- `Parameters`: a pydantic model of what a rule pack may set;
- `find(case, parameters)`: the episodes that the case calls for now, and when that may change by itself;
- `ended(case, held, parameters)`: why an alert is active no longer.
"""

SUBJECT, CENTER = "subject", "center-records"
CENTER_ENTITY, STAFF_ENTITY, SOURCE_ENTITY = "center", "staff", "source"
