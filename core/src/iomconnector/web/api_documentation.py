"""The description of the API for people, at ``/docs``.

It stands on the same site as pages for signed-in people, so what it loads from elsewhere is pinned: the
browser runs those very bytes of Swagger UI, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from iomconnector.web.security_headers import PAGE_HEADERS

DOCS_PATH: Final = "/docs"

_SWAGGER_UI: Final = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5.35.0/"
_SCRIPT_DIGEST: Final = "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9"
_STYLE_DIGEST: Final = "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I"


def add_api_documentation(web: FastAPI) -> None:
    """Describe the API of a web application at ``/docs``."""

    @web.get(DOCS_PATH, include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        description = request.scope.get("root_path", "").rstrip("/") + str(web.openapi_url)
        start = f'SwaggerUIBundle({{url: {_in_script(description)}, dom_id: "#api", deepLinking: true}})'
        return HTMLResponse(_page(web.title, start), headers={**PAGE_HEADERS, **_policy(start)})


def _in_script(text: str) -> str:
    return json.dumps(text).replace("<", "\\u003c")


def _page(title: str, start: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}: API</title>
<link rel="stylesheet" href="{_SWAGGER_UI}swagger-ui.css" integrity="{_STYLE_DIGEST}" crossorigin="anonymous">
</head>
<body>
<div id="api"></div>
<script src="{_SWAGGER_UI}swagger-ui-bundle.js" integrity="{_SCRIPT_DIGEST}" crossorigin="anonymous"></script>
<script>{start}</script>
</body>
</html>
"""


def _policy(start: str) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(start.encode()).digest()).decode()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src {_SWAGGER_UI}swagger-ui-bundle.js 'sha256-{digest}'; "
            f"style-src {_SWAGGER_UI}swagger-ui.css 'unsafe-inline'; img-src 'self' data:; "
            "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
