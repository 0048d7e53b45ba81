"""Failures that an operator or a user can cause: one line that says what is wrong, where, and what to do."""

from __future__ import annotations


class Failure(Exception):
    """Ends a command with `message` on stderr and `exit_code`; never carries child data."""

    exit_code = 1


class NotInstalled(Failure):
    """The command needs a library that the base install leaves out."""

    exit_code = 2


class NotRunning(Failure):
    """The embedded stack of this DATA is not running and no other broker or store is set."""

    exit_code = 3


class BrokerAway(Failure):
    """No Kafka broker answers at the configured address."""

    exit_code = 4


class StoreAway(Failure):
    """No ClickHouse answers at the configured address."""

    exit_code = 5


class StoreRefused(Failure):
    """ClickHouse answers and refuses: wrong password, no such table."""

    exit_code = 6


class WrongTopics(Failure):
    """Topics are missing or have another number of partitions than configured."""

    exit_code = 7


class DataUnusable(Failure):
    """DATA cannot be written, or belongs to another version."""

    exit_code = 8


class PortTaken(Failure):
    """A port that was asked for is in use."""

    exit_code = 9


class OtherVersion(Failure):
    """A stage's state or the store was written by a version of huiyu that this one does not work with."""

    exit_code = 15


class OutOfHandles(Failure):
    """A process may not open as many files as it needs."""

    exit_code = 16


class DiskFull(DataUnusable):
    """The disk of DATA is full."""

    exit_code = 17
