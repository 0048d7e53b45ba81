"""One module per rule about one child. Pure.

A module `some_rule` is the evaluator `some-rule`. It has

- `KINDS`: the kinds of records that it looks at, besides registrations and departures;
- `Parameters`: a pydantic model of what a rule pack may set;
- `find(case, parameters)`: the episodes that the records call for now, and when that may change by itself;
- `ended(case, held, parameters)`: why an alert is active no longer; "" when for none of the rule's own reasons.
"""
