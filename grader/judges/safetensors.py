"""What a .safetensors file holds, read by the library of that name.

The header is checked there (size, types, and that the tensors cover the file without a hole or an
overlap). The format holds no code. Source: the format's description in the safetensors repository.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize

FAULTS = (SafetensorError,)
DTYPES = {
    "BOOL": "?",
    "U8": "<u1",
    "I8": "<i1",
    "U16": "<u2",
    "I16": "<i2",
    "U32": "<u4",
    "I32": "<i4",
    "U64": "<u8",
    "I64": "<i8",
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
}


def read(content: bytes, images: np.ndarray | None) -> dict[str, Any]:
    """Tensors as `[name, shape, elements without axes]`, the metadata, the size compressed."""
    tensors = []
    for name, info in sorted(deserialize(content)):
        kind = DTYPES.get(info["dtype"])
        if kind is None:
            raise ValueError(
                f"the tensor {name!r} is {info['dtype']}, which has no numpy form: "
                f"store it as one of {', '.join(DTYPES)}"
            )
        elements = np.frombuffer(info["data"], kind)
        # As bytes would be their own copy of a number, where there are no axes.
        tensors.append([name, list(info["shape"]), elements])
    (size,) = struct.unpack_from("<Q", content)
    metadata = json.loads(content[8 : 8 + size]).get("__metadata__") or {}
    # Here, and not in the supervisor: there are contents for which this takes minutes.
    compressed = len(zlib.compress(content, 9))
    return {"tensors": tensors, "metadata": metadata, "compressed_bytes": compressed}
