"""The catalogue's first page: what is where."""

from __future__ import annotations

from streams.catalogue.markdown import page, table

PAGES = (
    ("[events.md](events.md)", "every kind of event, field by field, with an example"),
    ("[events.zh.md](events.zh.md)", "事件目录：每种事件的字段、取值范围与示例"),
    ("[rejections.md](rejections.md)", "why an event is refused, and what to do 拒绝代码与处理办法"),
    ("[schemas/](schemas)", "JSON Schema 2020-12 of every kind and of the envelope"),
    ("[asyncapi.json](asyncapi.json)", "AsyncAPI 3.0 of the public topics"),
    ("[openapi.json](openapi.json)", "OpenAPI 3.1 of the HTTP API"),
    ("[tables.md](tables.md)", "every view that can be queried 可查询的视图"),
    ("[settings.md](settings.md)", "environment variables"),
    ("[cli.md](cli.md)", "commands and options"),
)


def index_page() -> str:
    """The whole page."""
    made = "Made by `make docs` from the models, the DDL and the command line; a test fails when a page is stale."
    return page("# Reference", made, table(("", ""), PAGES))
