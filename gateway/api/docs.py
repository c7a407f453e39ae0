"""/docs: the OpenAPI document made readable, from files of ours alone; no other host is asked for anything."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from gateway.api.endpoint import PageEndpoint
from gateway.api.reply import Header, Reply, page
from gateway.api.routes import Routes

_FILES = {
    "/docs": ("index.html", "text/html; charset=utf-8"),
    "/docs/start.js": ("start.js", "text/javascript; charset=utf-8"),
    "/docs/swagger-ui-bundle.js": ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    "/docs/swagger-ui.css": ("swagger-ui.css", "text/css; charset=utf-8"),
    "/docs/favicon-32x32.png": ("favicon-32x32.png", "image/png"),
}
# The browser itself refuses what would leave this host.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: tuple[Header, ...] = (
    (b"cache-control", b"public, max-age=3600"),
    (b"content-security-policy", _POLICY),
    (b"referrer-policy", b"no-referrer"),
)


def add_docs(routes: Routes) -> None:
    """Add the page and its files."""
    for path, (name, media_type) in _FILES.items():
        routes.add("GET", path, PageEndpoint("docs", _file(name, media_type)))


def _file(name: str, media_type: str) -> Callable[[], Awaitable[Reply]]:
    """A page of a file, read when it is first wanted."""
    kept: list[Reply] = []

    async def make() -> Reply:
        if not kept:
            kept.append(page(files("gateway.api").joinpath("static", name).read_bytes(), media_type, headers=_HEADERS))
        return kept[0]

    return make
