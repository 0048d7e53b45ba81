"""The national immunisation schedule: which doses a child is to get, when, and what became of each. Pure."""
