"""Bodies as clients compress them: in one frame or in many, cut anywhere."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import lz4.frame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.embedded.store.compression import Compressor, decompressor, zstd

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", PACKERS)
@given(frames=st.lists(st.binary(max_size=200), min_size=1, max_size=4), size=st.integers(1, 300))
def test_frames_one_after_another_are_all_read(encoding: str, frames: list[bytes], size: int) -> None:
    packed = b"".join(map(PACKERS[encoding], frames))
    unpack = decompressor(encoding)
    assert unpack is not None
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(map(unpack.decompress, pieces)) == b"".join(frames)


@pytest.mark.parametrize("encoding", PACKERS)
def test_what_the_store_compresses_is_read_back(encoding: str) -> None:
    compressor, unpack = Compressor(encoding), decompressor(encoding)
    assert unpack is not None
    sent = compressor.piece(b"one") + compressor.piece(b"two") + compressor.end()
    assert unpack.decompress(sent) == b"onetwo"
