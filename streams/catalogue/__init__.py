"""The catalogue: documents made from the models, the registries, the DDL and the command line, under docs/reference.

It reads what the other rooms declare and knows nothing of its own but how to lay it out; nothing imports it.
"""
