"""The vendors there are: our four and those that entry points add. Imports no adapter."""

import functools
import logging
from collections.abc import Iterable, Mapping
from importlib import metadata

from tui.domain.draft import nearest_name
from tui.domain.errors import UsageError
from tui.domain.settings import VendorDeclaration
from tui.vendors.klinkcx.declaration import KLINKCX
from tui.vendors.questionpro.declaration import QUESTIONPRO
from tui.vendors.questionpro_legacy.declaration import QUESTIONPRO_LEGACY
from tui.vendors.socialboards.declaration import SOCIALBOARDS
from tui.vendors.spec import VendorSpec

__all__ = ["ENTRY_POINTS", "VendorSpec", "vendor_declarations", "vendor_spec", "vendor_specs"]

ENTRY_POINTS = "ticketdeck.vendors"
"""The group in which another distribution names its `VendorSpec`."""

_OURS = (QUESTIONPRO, QUESTIONPRO_LEGACY, SOCIALBOARDS, KLINKCX)

_log = logging.getLogger(__name__)


def vendor_declarations() -> Mapping[str, VendorDeclaration]:
    """Return what every vendor wants configured, by vendor id."""
    return {vendor: spec.declaration for vendor, spec in vendor_specs().items()}


def vendor_spec(vendor: str) -> VendorSpec:
    """Return one vendor. Raises UsageError for an id that nobody registered."""
    specs = vendor_specs()
    if vendor in specs:
        return specs[vendor]
    nearest = nearest_name(vendor, list(specs))
    hint = f"nearest: {nearest}" if nearest else f"vendors: {', '.join(specs)}"
    raise UsageError(f"no such vendor: {vendor} ({hint})")


@functools.cache
def vendor_specs() -> Mapping[str, VendorSpec]:
    """Return every vendor by its id, ours first."""
    return collect(metadata.entry_points(group=ENTRY_POINTS))


def collect(added: Iterable[metadata.EntryPoint]) -> Mapping[str, VendorSpec]:
    """Return our vendors and the added ones.

    An entry point that does not load, or that takes an id that is taken, is left out and logged:
    somebody else's package must not keep the queue from its user.
    """
    specs = {spec.declaration.id: spec for spec in _OURS}
    for entry in added:
        try:
            spec = entry.load()
        except Exception as error:  # whatever a stranger's module raises on import
            _log.warning("vendor %s did not load: %s", entry.name, type(error).__name__)
            continue
        if not isinstance(spec, VendorSpec):
            _log.warning("vendor %s is no VendorSpec", entry.name)
        elif spec.declaration.id in specs:
            _log.warning("vendor id %s is taken; %s is left out", spec.declaration.id, entry.value)
        else:
            specs[spec.declaration.id] = spec
    return specs
