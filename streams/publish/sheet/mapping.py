"""The mapping from a spreadsheet's columns to events: what the TOML file may say, checked when it is read."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator
from typing_extensions import TypeAliasType

from schemas.envelope import side_and_id
from schemas.identifiers import SCHEMES
from streams.errors import Failure

Scalar = bool | int | float | str | datetime | date
Form = Literal["text", "number", "integer", "boolean", "date", "time", "list"]
CELL_MARK = "column"


class WrongMapping(Failure):
    """The mapping file says something that is not possible, or not for this sheet."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Part):
    """A value from a column. An empty cell leaves its field out, unless there is a `default`."""

    column: str = Field(description="Heading; `oedema#2` is the second column of that name, `#7` the seventh column")
    form: Form = Field("text", alias="as", description="What the cell holds")
    values: dict[str, bool | int | float | str] | None = Field(
        None, description="Cell → value; nothing else is allowed"
    )
    default: bool | int | float | str | None = Field(None, description="The value of an empty cell")
    factor: float | None = Field(None, description="Numbers are multiplied by it: 0.001 makes kg of g")
    decimals: int | None = Field(None, ge=0, le=9, description="Numbers are rounded to so many decimals")
    format: tuple[str, ...] = Field((), description="strptime formats of dates and times; none: ISO 8601")
    at: str = Field("12:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Time of day of a `time` that is a date")
    days_before: date | Cell | None = Field(None, description="The cell holds an age in days at this date")
    separator: str = Field(",", min_length=1, description="Between the items of a list")
    items: Literal["text", "integer"] = Field("text", description="What a list holds")

    @field_validator("format", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits(self) -> Cell:
        if self.days_before is not None and self.form not in ("text", "date"):
            raise ValueError(f"days_before makes a date, not {self.form}")
        if (self.factor is not None or self.decimals is not None) and self.form != "number":
            raise ValueError('factor and decimals are for numbers: say as = "number"')
        return self


def _node_tag(value: Any) -> str:
    if isinstance(value, Cell) or (isinstance(value, dict) and CELL_MARK in value):
        return "cell"
    return "table" if isinstance(value, dict) else "list" if isinstance(value, list | tuple) else "constant"


if TYPE_CHECKING:
    Node = Any  # mypy knows no recursive alias of annotated types; pydantic does
else:
    Node = TypeAliasType(
        "Node",
        Annotated[
            Annotated[Cell, Tag("cell")]
            | Annotated[dict[str, "Node"], Tag("table")]
            | Annotated[tuple["Node", ...], Tag("list")]
            | Annotated[Scalar, Tag("constant")],
            Discriminator(_node_tag),
        ],
    )
"""A constant, a cell, or a table or list of these: what a field of `data` is made of."""


class Subject(_Part):
    """Whom an event is about: derived from an identifier by `scheme`, or the cell itself behind `prefix`."""

    column: str
    scheme: Literal["cn-id", "birth-cert", "local"] | None = None
    prefix: str = ""
    verify: bool = Field(True, description="cn-id: refuse what is no valid resident identity number")

    @model_validator(mode="after")
    def _one_way(self) -> Subject:
        if self.scheme and self.prefix:
            raise ValueError("a subject is derived by scheme or the cell behind prefix, not both")
        return self


Subjects = tuple[Subject, ...]


class EventMapping(_Part):
    """One event of each row; `needs`: only of rows in which one of these columns holds something."""

    kind: str
    time: Node
    data: dict[str, Node]
    name: str = Field("", pattern=r"^[a-z0-9-]{0,16}$", description="Tells two events of one kind from one row apart")
    needs: tuple[str, ...] = ()
    subject: Subjects | None = None
    recordedtime: Node | None = None

    @field_validator("subject", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return _in_tuple(value)


class Mapping(_Part):
    """How a sheet is read and what each of its rows becomes."""

    source: str
    row: tuple[str, ...] = Field(min_length=1, description="Columns that identify a row for ever; @subject: the child")
    subject: Subjects = Field(min_length=1, description="The first whose cell is not empty")
    events: tuple[EventMapping, ...] = Field(min_length=1)
    encoding: Literal["utf-8-sig", "utf-8", "gbk", "gb18030"] = "utf-8-sig"
    delimiter: str = Field(",", min_length=1, max_length=1)
    header: int = Field(1, ge=1, description="Row of the headings; rows above it are skipped")
    empty: tuple[str, ...] = Field((), description="Cells that count as empty, besides the empty ones")
    timezone: str = "Asia/Shanghai"

    @field_validator("subject", "row", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return _in_tuple(value)

    @field_validator("source")
    @classmethod
    def _can_be(cls, value: str) -> str:
        if side_and_id(value) == ("", ""):
            raise ValueError("is no source such as clinic:chengguan, center:yucai or registry:jingxian")
        return value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no IANA time zone such as Asia/Shanghai") from None
        return value

    @model_validator(mode="after")
    def _records_are_distinct(self) -> Mapping:
        records = [(event.kind, event.name) for event in self.events]
        if twice := next((kind for kind, name in records if records.count((kind, name)) > 1), None):
            raise ValueError(f"two events of kind {twice} from one row need a `name` each")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def needs_county_key(self) -> bool:
        own = [event.subject for event in self.events if event.subject]
        return any(subject.scheme in SCHEMES for subjects in (self.subject, *own) for subject in subjects)


def load_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file. Raises WrongMapping, naming every place that is wrong."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise WrongMapping(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongMapping(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        raise WrongMapping(f"{path}: " + "; ".join(_described(problem) for problem in error.errors())) from error


def _described(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"] if part not in ("cell", "table", "list", "constant"))
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])


def _in_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str | dict | Subject) else value
