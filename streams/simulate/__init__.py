"""A county with a life of its own and its own books. It shares nothing with the pipeline: agreement means something."""

from streams.simulate.calendar import CHINA
from streams.simulate.plan import EARLIEST, Faults, Plan
from streams.simulate.run import simulate

__all__ = ["CHINA", "EARLIEST", "Faults", "Plan", "simulate"]
