"""A Python client of a deployment that is not written in Python, from what Convex says of it: its function spec.

A spec knows functions and validators, and no names of types. So what `emit.python` needs beyond it is worked out here:
Python names, and a name for each shape of object. Pure, as `plan` is.
"""

from __future__ import annotations

from convexgen.spec_client.reading import read_spec
from convexgen.spec_client.rendering import Client, plan_client

__all__ = ["Client", "plan_client", "read_spec"]
