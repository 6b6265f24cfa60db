"""Under which keys failed sign-ins are counted."""

import hashlib
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV6_PREFIX = 64


def account_key(name: str) -> str:
    """The key of an account, or of a name that no account has.

    It is a digest, because a password that was typed into the field of the name must not be stored.

    Arguments:
        name: Normalized.
    """
    return f"account {hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"


def customer_key(channel: str, name: str) -> str:
    """The key of a user of a customer, or of a login that no user of the channel has; a digest for the same
    reason.

    Arguments:
        channel: The channel.
        name: Normalized.
    """
    return f"customer {hashlib.sha256(f'{channel}/{name}'.encode('utf-8', 'replace')).hexdigest()}"


def address_key(client: str) -> str:
    """The key of the address of a client."""
    return f"address {address_of(client)}"


def shown(client: str) -> str:
    """The address of a client in characters that can be printed and stored, whatever a proxy said."""
    return ascii(client)[1:-1][:100]


def address_of(client: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network of an IPv6 one, which belongs to one
    customer."""
    try:
        address: IPv4Address | IPv6Address = ip_address(client.partition("%")[0])
    except ValueError:
        return shown(client)
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX), strict=False))
