"""The web app's files, as they were built into console/web/dist. Every other path is the app's own: it gets its first page."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response

DIST: Final = Path(__file__).parent.parent / "web" / "dist"
_MISSING: Final = """<!doctype html><title>Jingyin</title><h1>The web app is not built</h1>
<p>Run <code>make setup</code> (it needs Node 20) and start again. The API works without it.</p>"""


def built() -> bool:
    """True when there is an app to serve."""
    return (DIST / "index.html").is_file()


def serve(app: FastAPI) -> None:
    """Add the pages, after every other route."""

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        if path.startswith("api/") or (path.startswith("assets/") and not _is_file(DIST / path)):
            raise HTTPException(404)
        if not built():
            return HTMLResponse(_MISSING, status_code=503)
        file = (DIST / path).resolve()
        if path and _is_file(file) and file.is_relative_to(DIST.resolve()):
            # built files carry their content's hash in their names
            kept = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
            return FileResponse(file, headers={"cache-control": kept})
        return FileResponse(DIST / "index.html", headers={"cache-control": "no-cache"})


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name, or one with a zero in it
        return False
