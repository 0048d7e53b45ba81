"""What a county's pack may change of the pack before it. Pure: the changed pack is judged as a whole by its model."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from streams.clinical.pack.lines import Path
from streams.clinical.pack.model import Off
from streams.clinical.part import Part


class Override(Part):
    """What is given replaces; of tables (parameters, severity, text) the keys that are given. `version`: its own."""

    rule: str
    version: int = Field(ge=1, lt=2**32)
    effective_from: Any = None
    effective_until: Any = None
    citation: Any = None
    unofficial: Any = None
    severity: dict[str, Any] | None = None
    routing: Any = None
    parameters: dict[str, Any] | None = None
    text: dict[str, Any] | None = None


class Window(Part):
    """Other dates of one milestone of the schedule."""

    milestone: str
    opens_days_before: Any = None
    overdue_months: Any = None
    opens_day: Any = None
    due_day: Any = None
    overdue_day: Any = None


class CountyPack(Part):
    """`rules`: further rules, on evaluators that there are, in the same form as in the national pack."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: int = Field(ge=1)
    override: tuple[Override, ...] = ()
    off: tuple[Off, ...] = ()
    window: tuple[Window, ...] = ()
    rules: tuple[dict[str, Any], ...] = ()


class Unknown(ValueError):
    """A county's pack names a rule or a milestone that is not there; `path`: where in its file."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


class Merge:
    """A pack as a plain document, changed by counties' packs one after the other.

    `moved`: path in a county's file → path in the document, by which a problem of the whole finds its line.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self.told: dict[str, Any] = {**told, "off": [], "origins": {}}

    def apply(self, county: CountyPack) -> dict[Path, Path]:
        """Raises Unknown."""
        moved: dict[Path, Path] = {}
        self._origin = f"{county.id} {county.version}"
        for number, override in enumerate(county.override):
            place = self._place("rules", ("override", number, "rule"), override.rule)
            given = {name: value for name, value in override if value is not None and name != "rule"}
            merge(self.told["rules"][place], given, self._mark, override.rule)
            moved["override", number] = ("rules", place)
        for number, window in enumerate(county.window):
            place = self._place("milestones", ("window", number, "milestone"), window.milestone)
            given = {name: value for name, value in window if value is not None and name != "milestone"}
            merge(self.told["schedule"]["milestones"][place], given, self._mark, f"schedule.{window.milestone}")
            moved["window", number] = ("schedule", "milestones", place)
        for number, rule in enumerate(county.rules):
            moved["rules", number] = ("rules", len(self.told["rules"]))
            self.told["rules"].append(rule)
            self._mark(str(rule.get("id")))
        for number, off in enumerate(county.off):
            self._place("rules", ("off", number, "rule"), off.rule)
            self.told["off"].append(off.model_dump())
            self._mark(off.rule)
        return moved

    def _place(self, of: str, path: Path, name: str) -> int:
        held = self.told["rules"] if of == "rules" else self.told["schedule"]["milestones"]
        names = [one.get("id") for one in held]
        if name not in names:
            raise Unknown(path, f"there is no {name!r}, only {', '.join(map(str, names))}")
        return names.index(name)

    def _mark(self, path: str) -> None:
        self.told["origins"][path] = self._origin


def merge(held: dict[str, Any], given: dict[str, Any], mark: Any, path: str) -> None:
    """Put what is given into what is held, table by table, and mark each value that was set."""
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(held.get(name), dict):
            merge(held[name], value, mark, f"{path}.{name}")
        else:
            held[name] = value
            mark(f"{path}.{name}")
