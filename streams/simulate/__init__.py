"""A county with a life of its own and its own books. It shares nothing with the pipeline: agreement means something."""

from streams.simulate.plan import Faults, Plan
from streams.simulate.run import simulate

__all__ = ["Faults", "Plan", "simulate"]
