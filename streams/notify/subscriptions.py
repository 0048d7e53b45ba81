"""Who wants which alerts, how and when: a county's subscriptions, read from TOML. Secrets have files of their own."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from streams.clinical.pack.model import Language, Severity
from streams.clinical.pack.reading import validated
from streams.clinical.part import Part
from streams.errors import Failure

OPERATOR = "operator"
"""Whom it concerns that a message could not be delivered."""
Row = Mapping[str, Any]


class BadSubscriptions(Failure):
    """The file of subscriptions cannot be read: one line for each problem."""

    exit_code = 19


class Webhook(Part):
    """Signed JSON by HTTP POST. `secret_file`: relative to the file of subscriptions."""

    type: Literal["webhook"]
    url: str = Field(pattern=r"^https?://")
    secret_file: Path


class Apprise(Part):
    """Whatever apprise knows: WeCom, DingTalk, Feishu, e-mail and so on. `url_file` holds the address with its keys."""

    type: Literal["apprise"]
    url_file: Path


class QuietHours(Part):
    """Local hours: nothing is sent from `from_hour` until `until_hour`, which may be on the next day."""

    from_hour: int = Field(ge=0, le=23)
    until_hour: int = Field(ge=0, le=23)


class Subscription(Part):
    """`receiver`: whom alerts are for, as they name them, `*` for any of a kind: clinic:chengguan, center:*, bureau.

    `rules`, `severities`, `clinics`, `centers`: only those, all when empty. `resolved`: tell also that what was told is
    over. `most_per_hour`: what is more waits for the full hour, in one message.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    receiver: str = Field(pattern=r"^((clinic|center):([a-z0-9][a-z0-9-]{0,62}|\*)|bureau|operator)$")
    channel: Webhook | Apprise = Field(discriminator="type")
    rules: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    clinics: tuple[str, ...] = ()
    centers: tuple[str, ...] = ()
    language: Language = "zh"
    mode: Literal["immediate", "digest"] = "immediate"
    digest_hour: int = Field(default=8, ge=0, le=23)
    quiet_hours: QuietHours | None = None
    resolved: bool = False
    most_per_hour: int = Field(default=20, ge=1)

    @property
    def side(self) -> str:
        """clinic, center, bureau or operator."""
        return self.receiver.partition(":")[0]

    def wants(self, row: Row) -> bool:
        """Whether an alert is for this receiver and of what it asked for."""
        chosen = ((self.rules, "rule"), (self.severities, "severity"), (self.clinics, "clinic_id"))
        if any(wanted and row[column] not in wanted for wanted, column in (*chosen, (self.centers, "center_id"))):
            return False
        return any(fnmatchcase(to, self.receiver) for to in row["detail"]["to"])


class Subscriptions(Part):
    subscription: tuple[Subscription, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [one.id for one in self.subscription]
        if twice := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"a subscription must stand once: {', '.join(twice)}")
        return self


def read(path: Path) -> dict[str, Subscription]:
    """Id → subscription, with the paths of its files made absolute. Raises BadSubscriptions, BadPack."""
    told = validated(Subscriptions, text_of(path), str(path))
    return {one.id: _with_paths(one, path.parent) for one in told.subscription}


def _with_paths(one: Subscription, folder: Path) -> Subscription:
    name = "secret_file" if isinstance(one.channel, Webhook) else "url_file"
    file = folder / getattr(one.channel, name)
    text_of(file)
    return one.model_copy(update={"channel": one.channel.model_copy(update={name: file.resolve()})})


def text_of(path: Path) -> str:
    """A file's text without its last line's end. Raises BadSubscriptions."""
    try:
        return path.read_text("utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BadSubscriptions(f"{path} cannot be read: {reason}") from error
