# The C API as SWIG wraps it (core/include/smtpcodes.h): private, and used by the modules beside it only.
from typing import Any

def __getattr__(name: str) -> Any: ...
