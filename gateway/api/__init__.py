"""HTTP in, problem documents out: the interface trade systems and carriers' callbacks meet; no business rule."""

from gateway.api.app import Api, Settings, create_app
from gateway.api.limits import Limits
from gateway.api.metrics import Metrics
from gateway.api.openapi import document
from gateway.api.serve import serve
from gateway.api.table import TABLE

__all__ = ["TABLE", "Api", "Limits", "Metrics", "Settings", "create_app", "document", "serve"]
