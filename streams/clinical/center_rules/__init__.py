"""One module per rule about a centre, its staff, its children or a source. Pure.

A module `some_rule` is the evaluator `some-rule`; its `Parameters` say what a rule pack may set.
"""
