"""Pages and deeds become routes: HTML and JSON from the same view, forms and JSON from one deed."""

import inspect
import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Body, Depends, FastAPI, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from proveout.web.asked import Asked, Deed, Download, Nothing, Page
from proveout.web.asking import Door
from proveout.web.rendering import Renderer
from proveout.web.security.storable import refuse_unstorable

# Annotations are read by FastAPI while routes are made, so they are not postponed here.

API = "/api"
_IN_BRACES = re.compile(r"{(\w+)}")


def mount(app: FastAPI, *, page: Page, door: Door, renderer: Renderer) -> None:
    """Serve a page as HTML and as JSON."""

    def asked_for(request: Request) -> Asked:
        return door.let_in(request, page.needs, to_do=False)

    def html(request: Request, asked: Asked, asks: Any) -> Response:
        answer = HTMLResponse()
        said = renderer.heard(request, answer)
        answer.body = renderer.page(page, asked, page.view(asked, asks), asks, said=said).encode()
        answer.headers["content-length"] = str(len(answer.body))
        return answer

    def json(asked: Asked, asks: Any) -> Any:
        return page.view(asked, asks)

    name = _name(page.path)
    asks = None if page.asks is Nothing else _read_by(page.asks, Query())
    app.add_api_route(
        page.path,
        _with_signature(html, page.path, asked_for, asks=asks),
        methods=["GET"],
        include_in_schema=False,
        response_class=HTMLResponse,
    )
    app.add_api_route(
        API + ("/portfolio" if page.path == "/" else page.path),
        _with_signature(json, page.path, asked_for, asks=asks),
        methods=["GET"],
        response_model=page.shows,
        operation_id=f"see_{name}",
        summary=page.title,
        description=f"Needs: {page.needs.value}.",
        responses=door.problems,
    )


def mount_deed(app: FastAPI, *, deed: Deed, door: Door, renderer: Renderer) -> None:
    """Take a deed from a form and as JSON."""

    def asked_for(request: Request) -> Asked:
        return door.let_in(request, deed.needs, to_do=True)

    def form(request: Request, asked: Asked, given: Any) -> Response:
        done = deed.do(asked, given)
        answer = RedirectResponse(renderer.inside(done.goes_to), status_code=303)
        renderer.say(answer, done.says)
        door.after(request, answer, done)
        return answer

    def json(asked: Asked, given: Any) -> Any:
        return deed.do(asked, given).result

    takes_nothing = deed.takes is Nothing
    app.add_api_route(
        deed.path,
        _with_signature(
            form,
            deed.path,
            asked_for,
            given=None if takes_nothing else _read_by(deed.takes, Form()),
            before=(door.checked_form,),
        ),
        methods=["POST"],
        include_in_schema=False,
    )
    if not deed.is_in_api:
        return
    app.add_api_route(
        API + deed.path,
        _with_signature(
            json,
            deed.path,
            asked_for,
            given=None if takes_nothing else _read_by(deed.takes, Body()),
            before=(door.checked_api,),
        ),
        methods=["POST"],
        response_model=deed.gives,
        operation_id=f"do_{_name(deed.path)}",
        summary=(deed.do.__doc__ or deed.path).strip().split("\n")[0],
        description=f"Needs: {deed.needs.value}.",
        responses=door.problems,
    )


def _with_signature(
    endpoint: Callable[..., Any],
    path: str,
    asked_for: Callable[[Request], Asked],
    *,
    before: tuple[Callable[..., Any], ...] = (),
    **inputs: Any,
) -> Callable[..., Any]:
    """Give an endpoint the parameters that FastAPI is to read: path, checks, then its inputs."""
    wants_request = "request" in inspect.signature(endpoint).parameters

    def called(request: Request, asked: Asked, **values: Any) -> Any:
        given = {key: values.get(key, Nothing()) for key in inputs}
        for each in given.values():
            refuse_unstorable(each)
        if wants_request:
            return endpoint(request, asked, **given)
        return endpoint(asked, **given)

    def parameter(name: str, annotation: Any) -> inspect.Parameter:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)

    path_values = [
        parameter(name, Annotated[str, Path(max_length=200)]) for name in _IN_BRACES.findall(path)
    ]
    checks = [
        parameter(f"check_{number}", Annotated[None, Depends(check)])
        for number, check in enumerate(before)
    ]
    given = [parameter(key, value) for key, value in inputs.items() if value is not None]
    signature = inspect.Signature(
        [
            parameter("request", Request),
            *checks,
            parameter("asked", Annotated[Asked, Depends(asked_for)]),
            *path_values,
            *given,
        ]
    )
    called.__signature__ = signature  # type: ignore[attr-defined]
    called.__name__ = endpoint.__name__
    return called


def _read_by(model: type[Any], how: Any) -> Any:
    return Annotated[model, how]


def _name(path: str) -> str:
    return re.sub(r"\W+", "_", path).strip("_") or "start"


def mount_download(app: FastAPI, *, download: Download, door: Door) -> None:
    """Serve a file, in the browser and by the API."""

    def asked_for(request: Request) -> Asked:
        return door.let_in(request, download.needs, to_do=False)

    def file(asked: Asked, asks: Any) -> Response:
        made = download.make(asked, asks)
        # The header is Latin-1: any other name of a pilot is written as RFC 8187 has it.
        named = f"attachment; filename*=utf-8''{quote(made.name, safe='')}"
        headers = {"Content-Disposition": named}
        return Response(made.content, media_type=made.media_type, headers=headers)

    asks = None if download.asks is Nothing else _read_by(download.asks, Query())
    for start in ("", API):
        app.add_api_route(
            start + download.path,
            _with_signature(file, download.path, asked_for, asks=asks),
            methods=["GET"],
            include_in_schema=bool(start),
            response_class=Response,
            operation_id=f"take_{_name(download.path)}" if start else None,
            summary=download.title,
            description=f"Needs: {download.needs.value}.",
            responses={200: {"content": {download.media_type: {}}}, **door.problems},
        )


def mounted(
    app: FastAPI,
    pages: tuple[Page, ...],
    deeds: tuple[Deed, ...],
    downloads: tuple[Download, ...],
    *,
    door: Door,
    renderer: Renderer,
) -> None:
    """Mount all of a site."""
    for page in pages:
        mount(app, page=page, door=door, renderer=renderer)
    for deed in deeds:
        mount_deed(app, deed=deed, door=door, renderer=renderer)
    for download in downloads:
        mount_download(app, download=download, door=door)
