"""Evaluators of rules: modules found by their names in `child_rules` and `center_rules`. Pure."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

GROUPS = {"child": "streams.clinical.child_rules", "center": "streams.clinical.center_rules"}
"""Whom a rule is about → the package of its evaluators."""


class Evaluator(NamedTuple):
    """`about`: child or center."""

    about: str
    module: ModuleType


def find(evaluator: str) -> Evaluator:
    """The evaluator of that name. Raises ValueError, which lists those that there are."""
    found = evaluators().get(evaluator)
    if found is None:
        raise ValueError(f"there is no evaluator {evaluator!r}, only {', '.join(evaluators())}")
    return found


@cache
def evaluators() -> dict[str, Evaluator]:
    """Every module that has `Parameters`, by the name of its evaluator; a package's other modules only help."""
    modules = ((about, module) for about, package in GROUPS.items() for module in _modules(package))
    return {_name(module): Evaluator(about, module) for about, module in modules if hasattr(module, "Parameters")}


def _modules(package: str) -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(import_module(package).__path__))
    return [import_module(f"{package}.{name}") for name in names]


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2].replace("_", "-")
