"""Serves the pages of the desk: every path that is nothing else is theirs."""

from pathlib import Path

from aiohttp import web

from console.adapters.page_files import INDEX, PageFile, read_pages

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The sources that a page may load and ask: what this server has, and nothing from anywhere else."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
}
"""Headers of every page and file."""

FOREVER = "public, max-age=31536000, immutable"
ASSETS = "/assets/"

MISSING = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>Tocsin</title>
<meta name="viewport" content="width=device-width">
<h1>Tocsin</h1>
<p>Trang của bàn trực chưa được dựng. Trong thư mục mã nguồn, chạy: <code>make console</code></p>
<p lang="en">The pages are not built. In the source folder, run: <code>make console</code></p>
</html>
"""


class Pages:
    """The pages in *folder*, read anew when a build replaced them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, PageFile] = {}
        self._built_at: int | None = None

    @property
    def are_built(self) -> bool:
        """Whether there are pages."""
        self._look()
        return bool(self._files)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET`` of any path: its file, else the page itself."""
        self._look()
        if not self._files:
            return web.Response(
                text=MISSING,
                content_type="text/html",
                charset="utf-8",
                status=503,
                headers=HEADERS | {"Cache-Control": "no-store"},
            )
        found = self._files.get(request.path)
        if found is None and request.path.startswith(ASSETS):
            raise web.HTTPNotFound
        if found is None or request.path == f"/{INDEX}":
            return _answer(request, self._files[f"/{INDEX}"], "no-store")
        kept = FOREVER if request.path.startswith(ASSETS) else "no-cache"
        return _answer(request, found, kept)

    def _look(self) -> None:
        """Read the files where a build replaced them."""
        try:
            built_at = (self._folder / INDEX).stat().st_mtime_ns
        except OSError:
            built_at = None
        if built_at != self._built_at:
            self._built_at = built_at
            self._files = read_pages(self._folder)


def _answer(request: web.Request, file: PageFile, kept: str) -> web.Response:
    headers = HEADERS | {"Cache-Control": kept, "ETag": file.tag, "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == file.tag:
        return web.Response(status=304, headers=headers)
    coding, content = file.best(request.headers.get("Accept-Encoding", ""))
    headers |= {"Content-Encoding": coding} if coding else {}
    return web.Response(body=content, headers=headers | {"Content-Type": file.content_type})
