"""Whether all that was published before a tick has come to its end among intake's partitions. Pure.

A partition that has read its sources up to a tick says so to all, in a token behind everything that it sent them. One
turn is enough for what is merely forwarded. A link, though, may make its alias's home tell another one, and that again
another. So tokens come in waves: a partition sends the next one when it holds all of the last, and with it whether it
sent anything since that may make others send: that *stirred*. When nobody did, nothing is on its way any more, and all
that was published before the least of the wave's ticks is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from streams.intake.paths import MOST_HOPS

MOST_WAVES = 2 * MOST_HOPS
"""Waves after which a tick's events are done although somebody keeps stirring: as many as a message has hops at most,
to a way's end and back."""


class Token(NamedTuple):
    """`at`: the newest tick (RFC 3339, UTC) up to which the sender has read its sources."""

    wave: int
    at: str
    stirred: bool


class Waves(NamedTuple):
    """What a partition knows of the waves.

    `sent`: its own last token; `stirred`: it has stirred since then. `complete`: the last wave of which it holds all
    tokens; `high`: the greatest tick of that one. `concluded`: up to which tick all is done. `since`, `then`: the first
    wave that did not conclude, and its least tick.
    """

    sent: Token = Token(0, "", False)
    stirred: bool = False
    complete: int = 0
    high: str = ""
    concluded: str = ""
    since: int = 0
    then: str = ""

    def next_token(self, ready: str) -> Token | None:
        """What to send, when the sources are read up to the tick `ready`; None while there is nothing to say.

        Who has read less than others waits until it has read as much: else tokens would go round while it reads.
        """
        if self.sent.wave > self.complete:
            return None
        at = max(ready, self.sent.at)
        undecided = self.concluded < self.high
        if at < self.high or not (at > self.sent.at or undecided):
            return None
        return Token(self.sent.wave + 1, at, self.stirred)

    def with_sent(self, token: Token) -> Waves:
        return self._replace(sent=token, stirred=False)

    def with_tokens(self, tokens: Mapping[int, Token], partitions: int) -> Waves:
        """After a token has come: perhaps the last one of a wave."""
        wave = self.complete + 1
        if any(origin not in tokens or tokens[origin].wave < wave for origin in range(partitions)):
            return self
        ticks = [tokens[origin].at for origin in range(partitions)]
        low, restless = min(ticks), any(tokens[origin].stirred for origin in range(partitions))
        done = self._replace(complete=wave, high=max(ticks))
        if not restless:
            return done._replace(concluded=max(self.concluded, low), since=0, then="")
        if not self.since:
            return done._replace(since=wave, then=low)
        if wave - self.since < MOST_WAVES:
            return done
        return done._replace(concluded=max(self.concluded, self.then), since=wave, then=low)
