"""Release labs, run them, check answers, and grade whole classes of submissions."""

import sys

__version__ = "0.1.0"

# nbformat imports jsonschema, which builds a grammar for internationalized addresses (2.9 s of the
# 3.3 s that the import takes) if this package is there. No notebook field has that format.
sys.modules.setdefault("rfc3987_syntax", None)
