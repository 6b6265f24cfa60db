"""What the audit trail tells of, and to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from app_bo.paths import order_path
from iomconnector.model.accounts import Role
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.audit_trail import AuditTrail


@dataclass(frozen=True, slots=True)
class Matter:
    """A part of the audit trail that people can ask for.

    Arguments:
        label: Its name for people.
        topics: Of which entries it consists.
        role: Who may see it.
    """

    label: str
    topics: tuple[str, ...]
    role: Role = Role.READ_ONLY


MATTERS: Final[Mapping[str, Matter]] = {
    "services": Matter("Services", ("service",)),
    "orders": Matter("Orders and exports", ("order", "export")),
    "order-numbers": Matter("Order numbers", ("sequence",)),
    "accounts": Matter("Accounts and sessions", ("account", "session", "address"), Role.ADMINISTRATOR),
    "customers": Matter(
        "Customers", ("customer", "customer_session", "customer_address"), Role.ADMINISTRATOR
    ),
}

_GONE: Final = frozenset({"service.removed", "account.removed"})
_TYPES: Final = frozenset({"service.enabled", "service.disabled"})


def matters_for(role: Role) -> dict[str, Matter]:
    """What a role may see, by its name in the address of the page."""
    return {name: matter for name, matter in MATTERS.items() if role.includes(matter.role)}


def topics_for(role: Role) -> tuple[str, ...] | None:
    """Every topic that a role may see; none for administrators, who see those of any cartridge as well."""
    if role.includes(Role.ADMINISTRATOR):
        return None
    return tuple(topic for matter in matters_for(role).values() for topic in matter.topics)


async def latest_changes(
    trail: AuditTrail,
    topics: Collection[str] | None,
    *,
    subject: str | None,
    context: str | None,
    limit: int,
    before: int | None,
) -> Sequence[AuditEntry]:
    """Entries about some topics, the latest first.

    Arguments:
        trail: Where they are kept.
        topics: About what; none for everything.
        subject: Only those about the thing of this id.
        context: Only those that concern this context.
        limit: How many at most.
        before: Only those before the entry of this number.
    """
    found = [
        entry
        for topic in ([None] if topics is None else topics)
        for entry in await trail.entries(
            topic=topic, subject=subject, context=context, limit=limit, before=before
        )
    ]
    return sorted(found, key=lambda entry: entry.number, reverse=True)[:limit]


def subject_path(entry: AuditEntry) -> str:
    """The page of what was changed; empty where there is none."""
    if entry.action in _GONE:
        return ""
    subject = quote(entry.subject, safe="@")
    if entry.action in _TYPES:
        return f"/bo/service-types?organization={quote(entry.context or '', safe='')}"
    pages = {
        "service": f"/bo/services/{subject}",
        "account": f"/bo/accounts/{subject}",
        "sequence": "/bo/order-numbers",
        "order": order_path(entry.context or "", entry.subject),
    }
    return pages.get(entry.topic, "")
