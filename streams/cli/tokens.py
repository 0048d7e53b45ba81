"""Commands for the tokens with which sources write by HTTP: create, revoke, list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from streams.errors import Failure

Source = Annotated[str, typer.Argument(help="clinic:ID, center:ID or registry:ID")]


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    tokens = typer.Typer(no_args_is_help=True, help="The tokens with which sources send events by HTTP.")
    for name, command in (("create", create), ("revoke", revoke), ("list", list_tokens)):
        tokens.command(name)(command)
    app.add_typer(tokens, name="source-token")


def create(source: Source) -> None:
    """Make a token and print it: it is shown this once. Who holds it may write as this source, and as no other."""
    from streams.serve import tokens
    from streams.settings import Settings

    print(tokens.create(tokens.tokens_file(Settings()), source, datetime.now(UTC)))


def revoke(
    source: Source, id: Annotated[str | None, typer.Option(help="only this one, as `list` shows it")] = None
) -> None:
    """Take a source's tokens back; whoever still sends one is refused from then on."""
    from streams.serve import tokens
    from streams.settings import Settings

    if not (gone := tokens.revoke(tokens.tokens_file(Settings()), source, id)):
        raise Failure(f"{source} has no such token: see `huiyu source-token list`")
    print(f"{gone} revoked")


def list_tokens(source: Annotated[str, typer.Argument(help="only of this source")] = "") -> None:
    """Every token: its id, its source, since when. The tokens themselves are not kept."""
    from streams.cli.answers import print_rows
    from streams.serve import tokens
    from streams.settings import Settings

    known = [token for token in tokens.read(tokens.tokens_file(Settings())) if source in ("", token.source)]
    print_rows(("id", "source", "created"), [(token.id, token.source, token.created_at) for token in known])
