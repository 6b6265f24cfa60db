"""Pages: the templates, and what every page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from app_bo.assets import ASSETS
from app_bo.audit_topics import subject_path
from app_bo.notices import NOTICES
from app_bo.paths import order_path
from app_bo.theme import theme_of
from iomconnector.model.accounts import Role
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.web.security_headers import PAGE_HEADERS

if TYPE_CHECKING:
    from iomconnector.usecases.sign_in import Session

ROLE_NAMES = {
    Role.READ_ONLY: "Read only",
    Role.OPERATOR: "Operator",
    Role.ADMINISTRATOR: "Administrator",
}
ROLE_HELP = {
    Role.READ_ONLY: "Sees everything but secrets, and changes nothing.",
    Role.OPERATOR: "Also retries, corrects and gives up orders, pauses exports, switches and tests services.",
    Role.ADMINISTRATOR: "Also changes configurations, service types and accounts.",
}
SHARING_NAMES = {
    Sharing.UNSHARED: "Unshared",
    Sharing.SHARED_ACTIVE: "Shared and active",
    Sharing.SHARED_INACTIVE: "Shared and inactive",
    Sharing.SHARED_MANDATORY: "Shared and mandatory",
}
SHARING_HELP = {
    Sharing.UNSHARED: "Only the context that owns it has it.",
    Sharing.SHARED_ACTIVE: "Contexts below have it active, and each may deactivate it for itself.",
    Sharing.SHARED_INACTIVE: "Contexts below have it inactive, and each may activate it for itself.",
    Sharing.SHARED_MANDATORY: "Contexts below have it active, and none may deactivate it.",
}


@dataclass(frozen=True, slots=True)
class _Area:
    """A part of the back office that the menu leads to."""

    label: str
    path: str
    role: Role = Role.READ_ONLY
    others: tuple[str, ...] = ()


AREAS = (
    _Area("Orders", "/bo/orders", others=("/bo/corrections", "/bo/bulk")),
    _Area("Operations", "/bo/operations"),
    _Area("Services", "/bo/services", others=("/bo/new-service",)),
    _Area("Service types", "/bo/service-types"),
    _Area("Audit trail", "/bo/audit"),
    _Area(
        "System",
        "/bo/assembly",
        others=("/bo/cartridges", "/bo/hooks", "/bo/preparation", "/bo/order-numbers"),
    ),
    _Area("Accounts", "/bo/accounts", Role.ADMINISTRATOR),
)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app_bo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset=ASSETS.path,
        order_path=order_path,
        role_names=ROLE_NAMES,
        role_help=ROLE_HELP,
        sharing_names=SHARING_NAMES,
        sharing_help=SHARING_HELP,
        subject_path=subject_path,
        Role=Role,
    )
    environment.filters["in_path"] = lambda text: quote(str(text), safe="/@")
    environment.filters["in_query"] = lambda text: quote(str(text), safe="")
    return environment


_templates = _environment()


def render(
    request: Request, template: str, *, session: Session | None = None, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page.

    Arguments:
        request: What is answered.
        template: The file of the template.
        session: Who looks at it; none where nobody is signed in.
        status: The HTTP status.
        values: What the template shows.
    """
    path = request.url.path
    looks_only = request.method in {"GET", "HEAD"}
    query = f"?{request.url.query}" if request.url.query else ""
    shown = {
        "session": session,
        "status": status,
        "menu": _menu(path, session),
        "path": path,
        "back": f"{path}{query}" if looks_only else "/bo",
        "theme": theme_of(request),
        "notice": NOTICES.get(request.query_params.get("done", ""), "") if looks_only else "",
        "problems": (),
        **values,
    }
    text = _templates.get_template(template).render(shown)
    return HTMLResponse(text.encode("utf-8", "replace"), status_code=status, headers=PAGE_HEADERS)


def _menu(path: str, session: Session | None) -> list[dict[str, Any]]:
    if session is None:
        return []
    return [
        {
            "label": area.label,
            "path": area.path,
            "current": any(_is_below(path, place) for place in (area.path, *area.others)),
        }
        for area in AREAS
        if session.account.role.includes(area.role)
    ]


def _is_below(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
