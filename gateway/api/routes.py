"""Which endpoint a method and a path lead to: one dict for fixed paths, a small tree for those with placeholders."""

from gateway.api.endpoint import Endpoint
from gateway.api.limits import PATH_CHARS_MAX
from gateway.api.refusals import MethodNotAllowed, NoSuchAddress

Methods = dict[str, Endpoint]


class _Node:
    __slots__ = ("below", "methods", "names", "open")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.open: _Node | None = None
        self.methods: Methods = {}
        self.names: tuple[str, ...] = ()


class Routes:
    """All addresses of the interface."""

    def __init__(self) -> None:
        """Start without any."""
        self._fixed: dict[str, Methods] = {}
        self._root = _Node()

    def add(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Add an address; `{name}` in the path stands for one segment. Raises ValueError for one that is taken."""
        methods = self._tree_methods(path) if "{" in path else self._fixed.setdefault(path, {})
        if method in methods:
            raise ValueError(f"{method} {path} is in the table twice")
        methods[method] = endpoint
        if method == "GET":
            methods["HEAD"] = endpoint

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """The endpoint and the placeholders' values. Raises NoSuchAddress, MethodNotAllowed."""
        params: dict[str, str] = {}
        methods = self._fixed.get(path) or self._walk(path, params)
        if not methods:
            raise NoSuchAddress("nothing is at this path")
        endpoint = methods.get(method)
        if endpoint is None:
            raise MethodNotAllowed(tuple(sorted(methods)))
        return endpoint, params

    def _tree_methods(self, path: str) -> Methods:
        node, names = self._root, []
        for segment in path.split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.open = node.open or _Node()
                node = node.open
            else:
                node = node.below.setdefault(segment, _Node())
        if node.names not in ((), tuple(names)):
            raise ValueError(f"{path} names its placeholders otherwise than another row of the same path")
        node.names = tuple(names)
        return node.methods

    def _walk(self, path: str, params: dict[str, str]) -> Methods | None:
        if len(path) > PATH_CHARS_MAX:
            return None
        node, values = self._root, []
        for segment in path.split("/"):
            nearer = node.below.get(segment)
            if nearer is None:
                if node.open is None or not segment:
                    return None
                values.append(segment)
                nearer = node.open
            node = nearer
        if not node.methods:
            return None  # the beginning of an address only: its placeholders have no names
        params.update(zip(node.names, values, strict=True))
        return node.methods
