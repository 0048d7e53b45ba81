"""The columns that say whom a row is about: identifiers, of which tokens are made on this machine. Data."""

from __future__ import annotations

from dataclasses import dataclass

from streams.publish.sheet.telling import Told


@dataclass(frozen=True, slots=True)
class Identifier:
    """A column with an identifier of the child, of which a token is made on this machine."""

    scheme: str
    heading: Told
    meaning: Told
    aliases: tuple[str, ...]
    example: str


IDENTIFIERS = (
    Identifier(
        "cn-id",
        Told("身份证号", "cn_id"),
        Told(
            "儿童的身份证号，在本机变成标识，不会发送",
            "the child's identity number; becomes a token here, is never sent",
        ),
        ("身份证号码", "儿童身份证号", "儿童身份证号码", "公民身份号码", "身份证", "id number", "identity number"),
        "11010519491231002X",
    ),
    Identifier(
        "birth-cert",
        Told("出生医学证明编号", "birth_cert"),
        Told("没有身份证号时填写，同样不会发送", "where there is no identity number; is never sent either"),
        ("出生证号", "出生证编号", "出生医学证明号", "出生医学证明", "birth certificate number"),
        "Z110000001",
    ),
    Identifier(
        "local",
        Told("本机构编号", "local_no"),
        Told(
            "以上都没有时：本机构给儿童的编号，同样不会发送",
            "where there is neither: your own number of the child; is never sent",
        ),
        ("园内编号", "学号", "档案号", "档案编号", "儿童编号", "local number"),
        "0017",
    ),
)
"""The first that a row has is the child's: always fill in the same one."""
