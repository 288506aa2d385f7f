"""What a table says, as one hash: batch by batch, whatever the size of the batches.

The rows are hashed in their order, each column for itself: which cells are there, how long the
texts are, and the bytes of the values that are there. So neither the compressor nor the version
of a library that wrote a file plays a part, and millions of rows cost a fraction of a second.
Columns are texts, numbers, booleans, days and times to the microsecond: what facts may be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_PLACES = 6  # numbers with a fraction are rounded first: their last digits belong to no one


class ContentHash:
    """Takes the batches of a table one after the other.

    >>> import pyarrow as pa
    >>> table = pa.table({"id": ["a", "b", None], "n": [1, None, 3]})
    >>> whole, parts = ContentHash(table.schema), ContentHash(table.schema)
    >>> for batch in table.to_batches(): whole.add(batch)
    >>> for batch in table.to_batches(max_chunksize=1): parts.add(batch)
    >>> whole.rows, whole.hexdigest() == parts.hexdigest()
    (3, True)
    """

    def __init__(self, schema: pa.Schema):
        self.rows = 0
        self._columns = [_Column(field.name, str(field.type)) for field in schema]

    def add(self, batch: pa.RecordBatch) -> None:
        """The next rows."""
        self.rows += batch.num_rows
        for column, cells in zip(self._columns, batch.columns, strict=True):
            column.add(cells)

    def hexdigest(self) -> str:
        """SHA-256 of the names, the types and the content of all columns so far."""
        digest = hashlib.sha256()
        for column in self._columns:
            digest.update(column.digest())
        return digest.hexdigest()


def hashed(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> tuple[int, str]:
    """Rows and hash of a table that comes in batches.

    >>> import pyarrow as pa
    >>> table = pa.table({"n": [1, 2]})
    >>> hashed(table.schema, table.to_batches())[0]
    2
    """
    content = ContentHash(schema)
    for batch in batches:
        content.add(batch)
    return content.rows, content.hexdigest()


class _Column:
    """Three streams, so that it does not matter where a batch ends."""

    def __init__(self, name: str, kind: str):
        self._head = f"{name}\0{kind}\0".encode()
        self._there, self._lengths, self._values = (hashlib.sha256() for _ in range(3))

    def add(self, cells: Any) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._there.update(_bytes(pc.is_valid(cells)))
        if cells.null_count:
            cells = cells.drop_null()
        if pa.types.is_floating(cells.type):
            cells = pc.add(pc.round(cells, _PLACES), 0.0)  # there is no nought below nought
        elif not (pa.types.is_primitive(cells.type) or pa.types.is_boolean(cells.type)):
            cells = pc.cast(cells, pa.large_string())
            self._lengths.update(_bytes(pc.binary_length(cells)))
        self._values.update(_bytes(cells))

    def digest(self) -> bytes:
        parts = (stream.digest() for stream in (self._there, self._lengths, self._values))
        return hashlib.sha256(self._head + b"".join(parts)).digest()


def _bytes(cells: Any) -> Any:
    """The bytes of cells that are all there, without copying them where that can be."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(cells):
        return b""
    if pa.types.is_boolean(cells.type):
        cells = pc.cast(cells, pa.uint8())
    if pa.types.is_large_string(cells.type):
        _, ends, texts = cells.buffers()
        bounds = np.frombuffer(ends, np.int64)[cells.offset : cells.offset + len(cells) + 1]
        return memoryview(texts)[bounds[0] : bounds[-1]] if texts is not None else b""
    width, values = cells.type.bit_width // 8, cells.buffers()[1]
    return memoryview(values)[cells.offset * width : (cells.offset + len(cells)) * width]
