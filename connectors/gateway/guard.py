"""The guard at the door: which hosts and addresses a request may reach.

Asked before every request, for every redirect and for every address that a name resolves to; the connection is then
made to exactly the addresses that were checked, so a name cannot change its mind in between.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from connectors.sdk.errors import Rejected
from connectors.sdk.values import fill

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
# Metadata services that live on addresses which are otherwise public.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16"), ipaddress.ip_address("100.100.100.200")})
_OWN_PORT = {"http": 80, "https": 443}
_HINT = "An administrator can allow a private network with IPAAS_OUTBOUND_ALLOW."


class OutboundRefused(Rejected):
    """The guard does not let the request out; nothing was sent."""

    default_code = "address_refused"


def forbidden(address: Address) -> str | None:
    """Why an address may not be reached (private, loopback, link-local, metadata, …), or None when it may."""
    if isinstance(address, ipaddress.IPv6Address):
        for inner in _embedded(address):
            if (reason := forbidden(inner)) is not None:
                return reason
    if address in _METADATA:
        return "a metadata service"
    for reason, holds in (
        ("loopback", address.is_loopback),
        ("unspecified", address.is_unspecified),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("private", address.is_private),
        ("reserved", address.is_reserved),
    ):
        if holds:
            return reason
    return None if address.is_global else "not public"


def _embedded(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 address stands for (mapped, compatible, 6to4, Teredo, NAT64)."""
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    low = int(address) & 0xFFFFFFFF
    if any(address in network for network in _NAT64) or (address in _IPV4_COMPATIBLE and low > 1):
        found.append(ipaddress.IPv4Address(low))
    return [inner for inner in found if inner is not None]


class AllowList:
    """What IPAAS_OUTBOUND_ALLOW lets through: networks, addresses, hosts, hosts with a port."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._networks: list[Network] = []
        self._hosts: set[tuple[str, int | None]] = set()
        for entry in (text.strip() for text in entries):
            if not entry:
                continue
            try:
                self._networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                split = urlsplit(f"//{entry}")
                self._hosts.add(((split.hostname or "").lower(), split.port))

    def has_address(self, address: Address) -> bool:
        """Whether a network of the list holds the address."""
        return any(address in network for network in self._networks if network.version == address.version)

    def has_host(self, host: str, port: int | None) -> bool:
        """Whether the list names the host (at this port, or at any)."""
        return (host, port) in self._hosts or (host, None) in self._hosts


HostPattern = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one connection may go: hosts (with the port, None for the scheme's own), or for a simulated connection
    exactly one address prefix."""

    hosts: tuple[HostPattern, ...]
    sandbox_prefix: str | None = None


def reach_of(hosts: Iterable[str], base_url: str, config: Mapping[str, Any]) -> Reach:
    """The reach of a connection out of the manifest's patterns; config values that are URLs count with their host."""
    texts = [fill(host, lambda name: config.get(name.removeprefix("config."))) for host in hosts]
    return Reach(tuple(pattern for text in [*texts, base_url] if (pattern := _host_pattern(text))[0]))


def _host_pattern(text: str) -> HostPattern:
    try:
        split = urlsplit(text if "//" in text else f"//{text}")
        host, port = (split.hostname or "").lower(), split.port
    except ValueError:
        return "", None
    return host, None if port == _OWN_PORT.get(split.scheme) else port


class Guard:
    """Checks addresses of requests against a connection's reach and the installation's allow list."""

    def __init__(self, allow: AllowList) -> None:
        self.allow = allow

    def check(self, url: URL, reach: Reach) -> None:
        """Return when a request to this URL may be sent; the resolver checks the addresses behind a name.

        Raises:
            OutboundRefused: Scheme, host, address or path is not allowed.
        """
        if url.user is not None or url.password is not None:
            raise OutboundRefused("An address with a user name or password in it is not used.", code="url_refused")
        if reach.sandbox_prefix is not None:
            self._check_sandbox(url, reach.sandbox_prefix)
            return
        host = (url.host or "").lower()
        if url.scheme not in ("https", "http") or not host or "%" in host:
            raise OutboundRefused(f"{url.scheme}://{host} is not an address for web requests.", code="url_refused")
        if not any(_matches(pattern, host, url) for pattern in reach.hosts):
            raise OutboundRefused(
                f"The host {host} is not one of this connection's hosts.",
                code="host_refused",
                hint="Requests go to the hosts that the connector declares and the connection's own address only.",
            )
        _no_dots(url)
        literal = _literal(host)
        if literal is not None:
            self.check_address(host, url.port, literal)

    def check_address(self, host: str, port: int | None, address: Address) -> None:
        """Refuse an address behind a host unless it is public or allowed."""
        reason = forbidden(address)
        if reason is None or self.allow.has_address(address) or self.allow.has_host(host, port):
            return
        raise OutboundRefused(f"{host} leads to an address that is {reason}; requests do not go there.", hint=_HINT)

    def _check_sandbox(self, url: URL, prefix: str) -> None:
        text = str(url)
        if text != prefix and not text.startswith((prefix + "/", prefix + "?")):
            raise OutboundRefused("A simulated connection reaches its own simulated system only.", code="host_refused")
        _no_dots(url)


def _matches(pattern: HostPattern, host: str, url: URL) -> bool:
    name, port = pattern
    if url.port != (port or _OWN_PORT[url.scheme]):
        return False
    if name.startswith("*."):
        return host.endswith(name[1:]) and len(host) > len(name) - 1
    return host == name


def _no_dots(url: URL) -> None:
    path = url.raw_path
    for _ in range(3):
        if "\\" in path or any(segment in (".", "..") for segment in path.split("/")):
            raise OutboundRefused("The path climbs out of where it should stay.", code="url_refused")
        path = unquote(path)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class GuardedResolver(AbstractResolver):
    """Resolves names and hands out only addresses that the guard has checked; one bad address refuses the name."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        """The checked addresses of a name (also of spellings such as 0x7f.1 or 2130706433)."""
        found = await self._inner.resolve(host, port, family)
        for result in found:
            address = ipaddress.ip_address(result["host"].partition("%")[0])
            self._guard.check_address(host, port, address)
        return found

    async def close(self) -> None:
        """Nothing to close."""
        await self._inner.close()
