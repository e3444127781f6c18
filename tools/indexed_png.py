"""PNG files with a palette, at 4 or 8 bits for each pixel (W3C, Portable Network Graphics, 11.2).

Chromium writes 32 bits for each pixel; pictures of an interface need a fraction of that.
"""

from __future__ import annotations

import struct
import zlib

FOUR_BITS = 16


def indexed_png(width: int, rows: list[bytes], palette: list[bytes]) -> bytes:
    """The file for `rows` of places in `palette`, whose colours are three bytes each: at most 256 of them."""
    few = len(palette) <= FOUR_BITS
    lines = [_packed(row + bytes(width % 2)) for row in rows] if few else rows
    header = struct.pack(">IIBBBBB", width, len(rows), 4 if few else 8, 3, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _packed(row: bytes) -> bytes:
    return bytes(left << 4 | right for left, right in zip(row[::2], row[1::2], strict=True))
