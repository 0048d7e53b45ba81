"""How many files a process may have open, asked before it starts: who runs out later only seems to hang.

Kafka's clients and the engine try again in silence when they get no handle, so the limit is told here or never.
"""

from __future__ import annotations

from streams.errors import OutOfHandles

COMMAND, STACK = 64, 1_024
MOST = 65_536
"""More are never asked for: the supervisor closes as many for each process that it starts."""

STAGE, A_PARTITION = 64, 4
"""A stage: what it has anyway, and the connections of each partition's shard."""

SERVE = 512
"""The HTTP API: its clients' connections, and its producers'."""


def need(count: int, who: str) -> None:
    """Make sure that this process may open `count` files; its own limit is raised where it may be. Raises OutOfHandles.

    A system without such limits has room enough.
    """
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, count, resource.RLIM_INFINITY):
        return
    if not _is_enough(hard, count, resource.RLIM_INFINITY):
        raise OutOfHandles(f"{who} needs {count:,} file handles and may have {hard:,}: raise `ulimit -n`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def of_a_stage(partitions: int) -> int:
    """How many files a stage opens when it has all partitions."""
    return STAGE + A_PARTITION * partitions


def allowed() -> int:
    """How many the processes of a stack may have."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)


def _is_enough(limit: int, count: int, infinity: int) -> bool:
    return limit == infinity or limit >= count
