"""The reader of the DDL: commas and brackets in texts, doubled quotes, types with arguments, parameters."""

from __future__ import annotations

import re

import pytest

from streams.catalogue.views import View, view_of, views
from tests.unit.catalogue.places import REFERENCE, ROOT

TRICKY = """CREATE OR REPLACE VIEW huiyu.tricky
(
    at DateTime64(3, 'Asia/Shanghai') COMMENT '时间（上海，东八区） / when, in (local) time',
    share Nullable(Decimal(9, 4)) COMMENT
        '比例 / the centre''s share'
)
AS SELECT at, share FROM (SELECT 1 AS at, 'COMMENT' AS share) WHERE at < {until:DateTime} AND share != {until:DateTime}
COMMENT '难懂 / hard; to read'"""


def test_a_view_is_read_with_its_types_comments_and_parameters() -> None:
    view = view_of(TRICKY)
    assert view is not None
    assert (view.name, view.comment.zh, view.comment.en) == ("tricky", "难懂", "hard; to read")
    assert [(column.name, column.type) for column in view.columns] == [
        ("at", "DateTime64(3, 'Asia/Shanghai')"),
        ("share", "Nullable(Decimal(9, 4))"),
    ]
    assert [column.comment.en for column in view.columns] == ["when, in (local) time", "the centre's share"]
    assert view.parameters == (("until", "DateTime"),)


@pytest.mark.parametrize("statement", ["CREATE TABLE huiyu_store.x (a String)", "CREATE VIEW huiyu_store.x (a String)"])
def test_what_is_no_view_of_huiyu_is_passed_over(statement: str) -> None:
    assert view_of(statement) is None


def test_a_column_without_a_comment_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column with a comment: b String"):
        view_of("CREATE VIEW huiyu.x (a String COMMENT 'a / a', b String) AS SELECT 1 COMMENT 'x / x'")


def test_every_view_of_the_ddl_is_found() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "deploy" / "clickhouse").glob("*.sql")))
    assert set(re.findall(r"VIEW huiyu\.(\w+)", text)) == set(views())


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.name)
def test_everything_is_commented_in_both_languages(view: View) -> None:
    comments = [view.comment, *(column.comment for column in view.columns)]
    assert [comment.text for comment in comments if not comment.en or not re.search("[一-鿿]", comment.zh)] == []


def test_the_page_holds_every_column() -> None:
    page = (REFERENCE / "tables.md").read_text("utf-8")
    for view in views().values():
        section = page.partition(f"\n## {view.name}\n")[2].partition("\n## ")[0]
        rows = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
        assert rows == [f"| `{column.name}`" for column in view.columns]
