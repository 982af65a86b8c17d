"""The API's documentation as one page that loads nothing from anywhere."""

import html
import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1f24}h2{border-top:1px solid #ccd;padding-top:1rem}code,pre{background:#f3f5f7;"
    "border-radius:4px}code{padding:.1rem .3rem}pre{padding:.8rem;overflow:auto;font-size:13px}"
    ".m{display:inline-block;padding:0 .4rem;min-width:3.5rem;text-align:center;color:#fff;"
    "background:#0b6e4f;"
    "border-radius:4px;margin-right:.6rem}table{border-collapse:collapse}td,th{border:1px solid"
    " #ccd;padding:.2rem .6rem;text-align:left;vertical-align:top}"
)


def docs_page(app: FastAPI) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that shows ``app``'s schema."""

    async def page(request: Request) -> Response:
        return Response(render_docs(app.openapi()), media_type="text/html; charset=utf-8")

    return page


def render_docs(schema: dict[str, Any]) -> str:
    """Return the page for an OpenAPI schema."""
    info = schema["info"]
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        f"<title>{html.escape(info['title'])}</title><style>{_STYLE}</style>",
        f"<h1>{html.escape(info['title'])} v{html.escape(info['version'])}</h1>",
        f"<p>{html.escape(info.get('summary', ''))}</p>",
        "<p>But for what is said to be open, every request and every response is signed "
        "(RFC 9421, Ed25519, tag "
        "<code>risai-req</code> / <code>risai-res</code>); a POST carries "
        "<code>Idempotency-Key</code>; refusals are problem documents (RFC 9457). "
        "The machine-readable form is <a href='/openapi.json'>/openapi.json</a>.</p>",
    ]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(method, path, operation))
    parts.append("<h1>Bodies</h1>")
    for name, body in sorted(schema.get("components", {}).get("schemas", {}).items()):
        parts.append(_schema(name, body))
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    lines = [
        f"<h2><span class='m'>{method.upper()}</span><code>{html.escape(path)}</code></h2>",
        f"<p>{html.escape(operation.get('summary', ''))}</p>",
    ]
    if body:
        name = str(body["schema"]["$ref"]).rsplit("/", 1)[1]
        example = html.escape(json.dumps(body["example"], ensure_ascii=False, indent=1))
        lines.append(f"<p>Body: <a href='#{name}'><code>{name}</code></a></p>")
        lines.append(f"<pre>{example}</pre>")
    lines.append(_parameters(operation.get("parameters", [])))
    reference = answer.get("schema", {}).get("$ref", "")
    if reference:
        name = reference.rsplit("/", 1)[1]
        lines.append(f"<p>Answer: <a href='#{name}'><code>{name}</code></a></p>")
    return "\n".join(lines)


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(one['name'])}</code></td>"
        f"<td>{html.escape(one.get('description', ''))}"
        f"{' <b>required</b>' if one.get('required') else ''}</td></tr>"
        for one in parameters
        if one["in"] == "query"
    )
    return f"<table><tr><th>query</th><th>meaning</th></tr>{rows}</table>" if rows else ""


def _schema(name: str, body: dict[str, Any]) -> str:
    words = html.escape(body.get("description", ""))
    return f"<h2 id='{name}'><code>{name}</code></h2><p>{words}</p>{_fields('', body)}"


def _fields(title: str, schema: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(name)}</code></td>"
        f"<td><code>{html.escape(_type(field))}</code></td></tr>"
        for name, field in schema.get("properties", {}).items()
    )
    if not rows:
        values = schema.get("enum")
        return f"<p><code>{html.escape(json.dumps(values))}</code></p>" if values else ""
    head = f"<p>{title}:</p>" if title else ""
    return f"{head}<table><tr><th>field</th><th>type</th></tr>{rows}</table>"


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[1]
    shown = {key: value for key, value in field.items() if key not in ("title", "description")}
    return json.dumps(shown, ensure_ascii=False)
