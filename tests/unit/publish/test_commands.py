"""`check`, `token` and `import` as a person at a clinic uses them; no broker anywhere."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import orjson

from streams.publish import new_event

CHILD = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"


def huiyu(*arguments: str | Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[str]:
    """`huiyu …` with no settings but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUIYU_")}
    command = [sys.executable, "-m", "streams.cli", *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, env={**clean, **env}, timeout=60, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


def a_line(**data: object) -> bytes:
    event = new_event("checkup.recorded", "clinic:a", CHILD, {"clinic_id": "a", **data}, "2026-03-02T09:30:00+08:00")
    return orjson.dumps(event)


def test_the_contracts_worked_example_of_a_token() -> None:
    done = huiyu("token", "--scheme", "cn-id", "11010519491231002X", HUIYU_COUNTY_KEY="test-county-key")
    assert (done.stdout, done.stderr, done.returncode) == (f"{CHILD}\n", "", 0)


def test_an_identifier_may_come_on_standard_input_and_the_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("test-county-key\n")
    key = str(tmp_path / "key")
    done = huiyu("token", "--scheme", "cn-id", "-", stdin=b"110105 19491231002x\n", HUIYU_COUNTY_KEY_FILE=key)
    assert done.stdout == f"{CHILD}\n"


def test_without_the_countys_key_the_command_says_what_to_set() -> None:
    done = huiyu("token", "--scheme", "cn-id", "11010519491231002X")
    assert done.returncode == 1
    assert (
        done.stderr == "huiyu: no county key: set HUIYU_COUNTY_KEY, or HUIYU_COUNTY_KEY_FILE to a file that holds it\n"
    )


def test_a_local_number_needs_the_source_that_gave_it() -> None:
    done = huiyu("token", "--scheme", "local", "17", HUIYU_COUNTY_KEY="test-county-key")
    assert done.returncode == 1
    assert "needs the source" in done.stderr


def test_a_mistyped_identity_number_is_warned_about() -> None:
    done = huiyu("token", "--scheme", "cn-id", "110105194912310021", HUIYU_COUNTY_KEY="test-county-key")
    assert done.returncode == 0
    assert "no valid resident identity number" in done.stderr


def test_check_names_every_wrong_line_by_file_and_number_and_exits_with_1(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + a_line() + b"\r\n\n" + a_line(weight_kg=960) + b"\nnot json\n")
    done = huiyu("check", file)
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{file}:3: bad-value /data/weight_kg: ")
    assert first.endswith(")")
    assert "(allowed: " in first
    assert second.startswith(f"{file}:4: not-json: ")
    assert (done.stdout, done.returncode) == ("1 valid, 2 refused\n", 1)


def test_check_reads_standard_input_and_is_silent_without_a_terminal() -> None:
    done = huiyu("check", "-", stdin=a_line() + b"\n" + a_line(weight_kg=9.6))
    assert (done.stdout, done.stderr, done.returncode) == ("2 valid, 0 refused\n", "", 0)


def test_a_plain_identity_number_is_refused_and_not_repeated_on_the_screen() -> None:
    done = huiyu("check", "-", stdin=a_line(conclusions=["11010519491231002X"]))
    assert "raw-identifier" in done.stderr
    assert "11010519491231002X" not in done.stderr


def test_a_file_that_is_not_there_is_one_line() -> None:
    done = huiyu("check", "nowhere.jsonl")
    assert done.stderr == "huiyu: nowhere.jsonl cannot be read: No such file or directory\n"
    assert done.returncode == 1


def test_import_writes_events_that_check_accepts(tmp_path: Path) -> None:
    out = tmp_path / "survey.jsonl"
    done = huiyu("import", "--example", "who-survey", "--out", out)
    counts = "498 rows: 498 checkup.recorded, 498 child.registered; 0 refused"
    assert (done.stdout, done.stderr) == (f"{counts} (written to {out})\n", "")
    assert huiyu("check", out).stdout == "998 valid, 0 refused\n"


def test_import_onto_standard_output_is_json_lines_and_nothing_else() -> None:
    done = huiyu("import", "--example", "who-survey", "--out", "-")
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 998


def test_import_names_the_cells_it_refuses_and_takes_the_rest(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        'source = "clinic:a"\nrow = "no"\nsubject = { column = "child", prefix = "cn-id:" }\n'
        '[[events]]\nkind = "checkup.recorded"\ntime = "2026-03-02T09:30:00+08:00"\n'
        'data = { clinic_id = "a", weight_kg = { column = "kg", as = "number" } }\n'
    )
    token = CHILD.partition(":")[2]
    (tmp_path / "sheet.csv").write_text(f"no,child,kg\n1,{token},9.6\n2,{token},heavy\n")
    done = huiyu("import", tmp_path / "sheet.csv", "--mapping", tmp_path / "map.toml", "--dry-run")
    assert (
        done.stderr
        == f"{tmp_path}/sheet.csv:row 3, column kg: bad-cell: is no number (allowed: a number such as 9.6)\n"
    )
    assert done.stdout == "2 rows: 1 checkup.recorded; 1 refused (checked, nothing sent)\n"
    assert done.returncode == 1


def test_a_mapping_that_derives_subjects_needs_the_countys_key(tmp_path: Path) -> None:
    mapping = Path(__file__).parents[3] / "examples" / "who-survey" / "mapping.toml"
    done = huiyu("import", tmp_path / "sheet.csv", "--mapping", mapping, "--dry-run")
    assert done.stderr.startswith("huiyu: no county key: set HUIYU_COUNTY_KEY")


def test_import_without_a_sheet_says_what_it_needs() -> None:
    done = huiyu("import")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "--mapping" in done.stderr


def test_a_terminal_sees_a_progress_bar(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(a_line())
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "streams.cli", "check", str(file)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal, env={**os.environ, "TERM": "xterm"}):
        os.close(terminal)
        shown = _all_of(screen)
    assert b"checking" in shown


def _all_of(screen: int) -> bytes:
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody holds the other end any more
        while part := os.read(screen, 4096):
            shown += part
    os.close(screen)
    return shown
