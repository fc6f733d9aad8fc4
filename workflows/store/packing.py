"""What is saved of a case that has ended, in fewer bytes: it is read now and then."""

import zlib
from typing import Any

# Raw deflate: it needs neither a header nor a checksum of its own, and stays readable.
RAW = -zlib.MAX_WBITS


def packed(saved: str) -> bytes:
    """The text of a saved case, deflated."""
    press = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, RAW)
    return press.compress(saved.encode()) + press.flush()


def saved_of(row: Any) -> str:
    """The saved case of a row of `process_instances`: open cases have it as text."""
    if row.saved is not None:
        return str(row.saved)
    return zlib.decompress(row.packed, RAW).decode()
