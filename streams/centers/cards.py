"""The cards of a centre's children: who they are at their clinics, and what was diagnosed there. Pure.

Each subject has as many cards as there are children whom it is told to be: more than one only while it moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from streams.clinical.center.card import Card

CARD = b"k/"
"""Prefix of its keys in the state topic."""


@dataclass(slots=True)
class Cards:
    """`of`: subject → child → card."""

    of: dict[str, dict[str, Card]] = field(default_factory=dict)

    def put(self, subject: str, child: str, card: Card | None) -> None:
        """Take a card, or take it back."""
        held = self.of.setdefault(subject, {})
        if card is not None:
            held[child] = card
        else:
            held.pop(child, None)
        if not held:
            del self.of[subject]


Changed = Mapping[tuple[str, str], Card | None]
"""(subject, child) → card; None when it was taken back."""


def card_of(subject: str, cards: Cards, changed: Changed) -> Card | None:
    """Who a subject is after some changes; None when no clinic knows it."""
    held: dict[str, Card | None] = dict(cards.of.get(subject, {}))
    held |= {child: card for (told, child), card in changed.items() if told == subject}
    return min((card for card in held.values() if card is not None), key=lambda card: card.child_id, default=None)


def state_key(center: str, subject: str, child: str) -> bytes:
    return CARD + orjson.dumps([center, subject, child])


def state_value(card: Card | None) -> bytes | None:
    return None if card is None else orjson.dumps(card.packed())


def restored_card(rest: bytes, value: bytes) -> tuple[str, str, str, Card]:
    """(centre, subject, child, card) from a key without its prefix, and the value."""
    center, subject, child = orjson.loads(rest)
    return center, subject, child, Card.unpacked(orjson.loads(value))
