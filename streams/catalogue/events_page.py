"""The page of events in one language: the envelope, then every kind with its fields and a valid example."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.envelope import Envelope
from schemas.event import VERSION_SUFFIX
from schemas.kinds import KINDS, SUBJECT_WORDS, SUBJECTS, TOPICS, Kind
from streams.catalogue.events_words import PHRASES, Phrases
from streams.catalogue.examples import Examples
from streams.catalogue.fields import Node, fields_of
from streams.catalogue.json_schemas import event_fields, plain_schema, senders
from streams.catalogue.markdown import anchor, code, codes, fence, page, table
from streams.catalogue.words import Language, range_of, type_of


def events_page(language: Language, examples: Examples) -> str:
    """The whole page."""
    say = PHRASES[language]
    sides = [_side(say, side, language, examples) for side in (*TOPICS, None)]
    return page(f"# {say.title}", say.introduction, _index(say, language), _envelope(say, language), *sides)


def _index(say: Phrases, language: Language) -> str:
    rows = [
        (
            f"[`{name}`]({anchor(name)})",
            kind.model.zh if language == "zh" else _summary(kind),
            say.sides[kind.side],
        )
        for name, kind in KINDS.items()
    ]
    return table((say.kind, say.meaning, say.side), rows)


def _envelope(say: Phrases, language: Language) -> str:
    return "\n\n".join(
        (f"## {say.envelope}", say.about_envelope.strip(), _fields(say, plain_schema(Envelope), language))
    )


def _side(say: Phrases, side: str | None, language: Language, examples: Examples) -> str:
    kinds = [_kind(say, kind, language, examples) for kind in KINDS.values() if kind.side == side]
    return "\n\n".join((f"## {say.sides[side]}", *kinds))


def _kind(say: Phrases, kind: Kind, language: Language, examples: Examples) -> str:
    return "\n\n".join(
        (
            f"### {kind.name}",
            f"**{kind.model.zh}**" if language == "zh" else f"**{_summary(kind)}** {kind.model.zh}",
            table(("", ""), _facts(say, kind, language)),
            _fields(say, event_fields(kind)["properties"]["data"], language),
            f"{say.example}{say.colon}",
            fence("json", examples.text(kind.name)),
        )
    )


def _facts(say: Phrases, kind: Kind, language: Language) -> Iterator[tuple[str, str]]:
    yield say.type, code(kind.name + VERSION_SUFFIX)
    yield say.topic, _topic(say, kind)
    yield say.sent_by, codes(f"{side}:ID" for side in senders(kind))
    yield say.subject, _subject(say, kind, language)
    yield "JSON Schema", f"[schemas/{kind.name}.json](schemas/{kind.name}.json)"


def _topic(say: Phrases, kind: Kind) -> str:
    if kind.side is not None:
        return code(TOPICS[kind.side])
    return say.of_the_record if kind.subject not in SUBJECTS else f"{codes(TOPICS.values())}{say.of_the_side}"


def _subject(say: Phrases, kind: Kind, language: Language) -> str:
    if kind.subject not in SUBJECTS:
        return say.of_the_record
    pattern = code(SUBJECTS[kind.subject])
    return f"{pattern}: {SUBJECT_WORDS[kind.subject]}" if language == "en" else pattern


def _fields(say: Phrases, schema: Node, language: Language) -> str:
    rows = [
        (
            code(field.path),
            type_of(field.node, language),
            range_of(field.node, language),
            say.yes if field.required else "",
            field.zh if language == "zh" else field.en,
        )
        for field in fields_of(schema)
    ]
    return table((say.field, say.of_type, say.allowed, say.required, say.meaning), rows)


def _summary(kind: Kind) -> str:
    return (kind.model.__doc__ or "").strip().partition("\n")[0]
