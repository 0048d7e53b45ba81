"""The page of the command line: every command with its arguments and options, from the application itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer import Context
from typer.main import get_command

from streams import cli
from streams.catalogue.markdown import anchor, code, codes, fence, page, table

NAME = "huiyu"
TYPES = {"str": "text", "int": "integer", "float": "number"}
INTRODUCTION = """
`huiyu --help` and `huiyu COMMAND --help` say the same. Failures that can be mended are one line on stderr and an exit
code: [operator.md](../operator.md#when-something-fails).
"""


def commands_page() -> str:
    """The whole page."""
    found = list(_commands(NAME, get_command(cli.build())))
    rows = [(f"[`{name}`]({anchor(name)})", _told(command)) for name, command in found]
    return page(
        "# Commands", INTRODUCTION, table(("command", "what it does"), rows), *(_command(*each) for each in found)
    )


def _commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """(full name, click command) of every command that does something, groups resolved."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for own, each in inner.items():
        if not each.hidden:
            yield from _commands(f"{name} {own}", each)


def _command(name: str, command: Any) -> str:
    parameters = [each for each in command.params if not getattr(each, "hidden", False)]
    context = Context(command, info_name=name)
    kinds = {each.name: each.display_type(context).strip("<>") for each in parameters}
    usage = " ".join((name, *(_usage(each, kinds[each.name]) for each in parameters)))
    rows = [(_names(each), _values(each, kinds[each.name]), _default(each), _help(each)) for each in parameters]
    options = table(("", "value", "default", "meaning"), rows) if rows else ""
    return "\n\n".join(filter(None, (f"## {name}", _told(command), fence("text", usage), options)))


def _told(command: Any) -> str:
    return " ".join((command.help or "").split())


def _help(parameter: Any) -> str:
    return parameter.help or ""


def _usage(parameter: Any, kind: str) -> str:
    """The parameter as it is typed; in brackets where it may be left out."""
    shown = (
        f"{parameter.opts[0]} {_value(parameter, kind)}".strip() if _is_option(parameter) else _placeholder(parameter)
    )
    return shown if parameter.required else f"[{shown}]"


def _value(parameter: Any, kind: str) -> str:
    """What stands for an option's value; "" for a flag."""
    if _is_flag(parameter):
        return ""
    return str(parameter.metavar or (kind if parameter.type_descriptor.is_choice else _type(kind).upper()))


def _names(parameter: Any) -> str:
    names = (*parameter.opts, *parameter.secondary_opts) if _is_option(parameter) else (_placeholder(parameter),)
    return codes(names) + (" (required)" if parameter.required else "")


def _placeholder(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _values(parameter: Any, kind: str) -> str:
    """Choices, or the type with the bounds of a number; "" for a flag."""
    if _is_flag(parameter):
        return ""
    if parameter.type_descriptor.is_choice:
        return codes(kind.split("|"))
    bounds = (("from", getattr(parameter, "min", None)), ("to", getattr(parameter, "max", None)))
    told = " ".join(f"{word} {bound:,}" for word, bound in bounds if bound is not None)
    return f"{_type(kind)} {told}".strip()


def _type(kind: str) -> str:
    bare = kind.removesuffix(" range").removeprefix("list[").removesuffix("]")
    return TYPES.get(bare, bare)


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option")


def _is_flag(parameter: Any) -> bool:
    return bool(getattr(parameter, "is_flag", False))


def _default(parameter: Any) -> str:
    value = parameter.default
    if value in (None, "", False) or parameter.required:
        return ""
    return code(getattr(value, "value", value))
