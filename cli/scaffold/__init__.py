"""What `insurehub init` and `insurehub new` write: the files of a workspace, and a whole carrier that passes its tests.

The files themselves stand under `files/`, as they will be read; nothing is written before everything is known to fit.
"""

from cli.scaffold.carrier import NewCarrier, Refused, scaffold_carrier
from cli.scaffold.workspace import Made, init_workspace

__all__ = ["Made", "NewCarrier", "Refused", "init_workspace", "scaffold_carrier"]
