"""What libraries log becomes one JSON line without the text of any exception: it may quote a child's record."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

from streams.logs import LibraryLines

SECRET = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"


def _record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    given = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("library", logging.WARNING, __file__, 1, message, arguments, given)


def _line(record: logging.LogRecord) -> dict[str, object]:
    text = LibraryLines("timeline").format(record)
    assert "\n" not in text
    assert SECRET not in text
    found: dict[str, object] = json.loads(text)
    return found


def _raised() -> BaseException:
    try:
        raise ValueError(f"no such child: {SECRET}")
    except ValueError as error:
        return error


def test_a_librarys_message_is_one_line_of_ours() -> None:
    line = _line(_record("connection to %s:%d lost", "127.0.0.1", 9092))
    assert (line["event"], line["logger"], line["process"], line["level"]) == (
        "connection to 127.0.0.1:9092 lost", "library", "timeline", "warning"
    )  # fmt: skip


def test_an_exception_among_the_arguments_is_named_by_its_type() -> None:
    assert _line(_record("crashed: %r", _raised()))["event"] == "crashed: 'ValueError'"


def test_a_traceback_is_told_by_places() -> None:
    line = _line(_record("it failed", error=_raised()))
    assert line["error"] == "ValueError"
    assert str(line["where"]).startswith("['test_logs.py:")


def test_of_a_long_message_only_the_first_line_is_kept() -> None:
    assert _line(_record(f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{SECRET}')>"))


def test_arguments_that_do_not_fit_lose_no_line() -> None:
    assert _line(_record("%d records", _raised()))["event"] == "%d records"


def test_an_error_of_a_stage_or_of_its_thread_is_told_without_its_text() -> None:
    code = f"""
import threading
from streams import logs, run_stage
from streams.settings import Settings
def fail(*_):
    raise ValueError("{SECRET}")
logs.configure("timeline")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
run_stage._run = fail
run_stage.run_stage("timeline", Settings())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 70, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["a thread failed", "exit"]
    assert {line["error"] for line in lines} == {"ValueError"}
    assert SECRET not in done.stderr
