"""The page of views: what can be queried, column by column."""

from __future__ import annotations

from streams.catalogue.markdown import anchor, code, fence, page, table
from streams.catalogue.views import View, views

INTRODUCTION = """
Database `huiyu` of ClickHouse holds what people query; the views are exact, without `FINAL`. The same comments stand in
the database itself (`DESCRIBE huiyu.children`). How to ask: [analyst.md](../analyst.md).

数据库 `huiyu` 供查询使用；各视图结果准确，无需 `FINAL`。以下说明也写在数据库的注释中。
"""


def tables_page() -> str:
    """The whole page."""
    found = list(views().values())
    rows = [(f"[`{view.name}`]({anchor(view.name)})", view.comment.en, view.comment.zh) for view in found]
    return page("# Views 视图", INTRODUCTION, table(("view", "meaning", "说明"), rows), *map(_view, found))


def _view(view: View) -> str:
    rows = [(code(column.name), code(column.type), column.comment.en, column.comment.zh) for column in view.columns]
    told = f"{view.comment.en}\n\n{view.comment.zh}"
    columns = table(("column", "type", "meaning", "说明"), rows)
    return "\n\n".join(filter(None, (f"## {view.name}", told, _call(view), columns)))


def _call(view: View) -> str:
    """How a parameterised view is asked."""
    if not view.parameters:
        return ""
    given = ", ".join(f"{name} = {{{name}:{kind}}}" for name, kind in view.parameters)
    return fence("sql template", f"SELECT * FROM huiyu.{view.name}({given})")
