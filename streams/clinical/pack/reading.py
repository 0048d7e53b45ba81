"""Reads rule packs from TOML; whatever is wrong with one is told with its file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path as File
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from streams.clinical.pack.county import CountyPack, Merge, Unknown
from streams.clinical.pack.lines import Path, line_at, lines_of
from streams.clinical.pack.model import RulePack
from streams.errors import Failure

Model = TypeVar("Model", bound=BaseModel)


class BadPack(Failure):
    """A rule pack is malformed: one line for each problem."""

    exit_code = 18


class Source(NamedTuple):
    name: str
    text: str


class Place(NamedTuple):
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Places = dict[Path, Place]


def read_pack(text: str, name: str = "pack.toml", counties: Iterable[Source] = ()) -> RulePack:
    """A pack from its TOML text, changed by counties' packs in their order. Raises BadPack."""
    told, places = _document(Source(name, text))
    if not isinstance(told.get("rules"), list) or not isinstance(told.get("schedule"), dict):
        raise BadPack(f"{name}:1: a pack needs [schedule] and [[rules]]")
    merged = Merge(told)
    for county in counties:
        _apply(merged, county, places)
    off = {one["rule"] for one in merged.told["off"]}
    try:
        pack = RulePack.model_validate(merged.told)
    except ValidationError as error:
        raise _bad(error, places) from None
    return pack.model_copy(update={"rules": tuple(rule for rule in pack.rules if rule.id not in off)})


def validated(model: type[Model], text: str, name: str) -> Model:
    """A TOML text of any model; raises BadPack, with a line for each problem."""
    told, places = _document(Source(name, text))
    try:
        return model.model_validate(told)
    except ValidationError as error:
        raise _bad(error, places) from None


def load(folder: File | None) -> RulePack:
    """The national pack, changed by the packs `*.toml` of a folder in the order of their names. Raises BadPack."""
    if folder is None:
        return national()
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        counties = [Source(str(path), path.read_text("utf-8")) for path in paths]
    except (OSError, UnicodeDecodeError) as error:
        raise BadPack(f"rule packs in {folder} cannot be read: {error}") from error
    if not counties:
        raise BadPack(f"there is no rule pack (*.toml) in {folder}")
    return read_pack(_national_text(), "national.toml", counties)


@cache
def national() -> RulePack:
    """The pack that ships with huiyu."""
    return read_pack(_national_text(), "national.toml")


def _national_text() -> str:
    return files("streams.clinical.rules").joinpath("national.toml").read_text("utf-8")


def _document(source: Source) -> tuple[dict[str, Any], Places]:
    try:
        told = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"{source.name}: {error}") from None
    return told, {path: Place(source.name, line) for path, line in lines_of(source.text).items()}


def _apply(merged: Merge, source: Source, places: Places) -> None:
    told, own = _document(source)
    try:
        moved = merged.apply(CountyPack.model_validate(told))
    except ValidationError as error:
        raise _bad(error, own) from None
    except Unknown as error:
        raise BadPack(f"{line_at(own, error.path)}: {_dotted(error.path)}: {error}") from None
    for path, place in own.items():
        if path[:2] in moved:
            places[(*moved[path[:2]], *path[2:])] = place


def _bad(error: ValidationError, places: Places) -> BadPack:
    """Pydantic's messages say what is allowed."""
    return BadPack("\n".join(_problem(one, places) for one in error.errors()))


def _problem(problem: Mapping[str, Any], places: Places) -> str:
    path = tuple(problem["loc"])
    return f"{line_at(places, path)}: {_dotted(path) or 'the pack'}: {problem['msg']}"


def _dotted(path: Path) -> str:
    return ".".join(map(str, path))
