"""Loads Spyne where it cannot load itself: on Python 3.12 and later.

Spyne 2.14 carries a copy of six 1.14 whose importer has no `find_spec`, which Python 3.12 insists on. So the current
six takes the place of that copy before Spyne is imported for the first time, together with the one function that Spyne
added to it. Python 3.13 has no `cgi` any more, which Spyne imports: the package legacy-cgi brings it back.

Python 3.11 and 3.12 warn that `cgi` will go; who makes errors of warnings would stumble over that.

Nothing else may import Spyne: it costs a sixth of a second, which nobody should pay before the first SOAP request.
"""

import importlib.util
import operator
import sys
import warnings
from types import ModuleType


def load() -> ModuleType:
    """Spyne, imported on the first call."""
    if "spyne" not in sys.modules and sys.version_info >= (3, 12):
        _replace_six()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import spyne
        import spyne.protocol.soap
    return spyne


def _replace_six() -> None:
    """Registers the installed six under the name of Spyne's copy."""
    found = importlib.util.find_spec("six")
    if found is None or found.origin is None:
        raise ImportError("Spyne needs the package six")
    name = "spyne.util.six"
    spec = importlib.util.spec_from_file_location(name, found.origin)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.get_function_name = operator.attrgetter("__name__")  # type: ignore[attr-defined]
