"""Seals and opens credentials: AES-256-GCM under one data key per tenant, which a master key wraps.

The only module that touches `cryptography`; asked by connections, oauth, gateway and triggers. A sealed value opens
only for the tenant and context it was sealed for. No secret or key gets into an exception, a repr or a log.
A model that keeps sealed values calls the column `sealed`, has a `tenant`, and uses the row's id as context.
"""

from __future__ import annotations

import os
import secrets
import struct
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from connectors.master_keys import MasterKey, MasterKeyUnusable, key_file, load_master_keys, new_key, write_keys
from connectors.models import DataKey
from connectors.sdk.errors import ReconnectNeeded

__all__ = [
    "CredentialsDestroyed",
    "MasterKeyUnusable",
    "SealBroken",
    "destroy_data_key",
    "load_master_keys",
    "open_sealed",
    "rotate_data_key",
    "rotate_master_key",
    "seal",
]

_HEADER = struct.Struct(">BI")
_FORMAT = 1
_NONCE_BYTES = 12
_MOST_CACHED = 256
# A process may have read the old key a moment before a rotation and save what it sealed a moment after.
_RETIRED_FOR = timedelta(hours=1)


class CredentialsDestroyed(ReconnectNeeded):
    """The tenant's data key was destroyed, so what it sealed is gone for good."""

    default_code = "credentials_destroyed"


class SealBroken(ReconnectNeeded):
    """The sealed value was altered, or belongs to another tenant or connection."""

    default_code = "credential_unreadable"


@dataclass
class Rotation:
    """What a rotation of a data key did."""

    version: int
    resealed: int = 0
    unreadable: int = 0
    keys_removed: int = 0


_lock = threading.Lock()
_masters: list[MasterKey] = []
_data_keys: OrderedDict[tuple[str, int, bytes], AESGCM] = OrderedDict()


def seal(tenant_id: str, context: str, values: dict[str, Any]) -> tuple[bytes, int]:
    """Encrypt `values` for one tenant and context (a connection's id); answers the bytes and the key version."""
    row = _current_key(tenant_id)
    return _seal_with(row, tenant_id, context, orjson.dumps(values)), row.version


def open_sealed(tenant_id: str, context: str, sealed: bytes | memoryview) -> dict[str, Any]:
    """Decrypt what `seal` made for the same tenant and context.

    Asks the database for the key's state every time, so a destroyed key is gone in every process at once.
    Raises SealBroken, CredentialsDestroyed or MasterKeyUnusable, none of which tells anything about the content.
    """
    opened: dict[str, Any] = orjson.loads(_open(tenant_id, context, bytes(sealed)))
    return opened


def version_of(sealed: bytes | memoryview) -> int:
    """The version of the data key that sealed a value, 0 when it is none of ours."""
    data = bytes(sealed[: _HEADER.size])
    if len(data) < _HEADER.size:
        return 0
    form, version = _HEADER.unpack(data)
    return int(version) if form == _FORMAT else 0


def rotate_master_key() -> int:
    """Wrap every data key with the current master key; answers how many were wrapped anew.

    1. With a key file, a new key is made and put first; its old keys stay as long as a data key needs them.
       With IPAAS_MASTER_KEY the operator has set the new one, and the old in IPAAS_MASTER_KEY_PREVIOUS.
    2. Each data key is unwrapped and wrapped again. What it sealed is not touched, and nothing stops.
    3. Keys that no data key needs any more, other than the last one used, leave the key file.
    """
    path = key_file(_data_dir(), os.environ)
    before = _master_keys(fresh=True)
    if path is not None:
        write_keys(path, [new_key(), *before])
    current = _master_keys(fresh=True)[0]
    count = 0
    for row in DataKey.objects.filter(destroyed_at=None).exclude(master_key_id=current.key_id).iterator():
        wrapped = _wrap(current, row.tenant_id, row.version, _unwrap(row))
        count += DataKey.objects.filter(id=row.id, destroyed_at=None).update(
            wrapped=wrapped, master_key_id=current.key_id
        )
    if path is not None:
        needed = set(DataKey.objects.values_list("master_key_id", flat=True)) | {before[0].key_id}
        write_keys(path, [key for key in _master_keys() if key == current or key.key_id in needed])
        _master_keys(fresh=True)
    return count


def rotate_data_key(tenant_id: str, *, batch: int = 200) -> Rotation:
    """Give a tenant a new data key and seal everything it has again, in batches, while others go on reading.

    1. The new version starts to seal; the old ones are retired and still open.
    2. Every sealed value is opened and sealed again, unless somebody replaced it meanwhile.
    3. Versions retired for an hour that nothing uses are removed.
    """
    with transaction.atomic():
        newest = DataKey.objects.filter(tenant_id=tenant_id).order_by("-version").first()
        now = datetime.now(UTC)
        DataKey.objects.filter(tenant_id=tenant_id, retired_at=None).update(retired_at=now)
        row = _make_key(tenant_id, 1 if newest is None else newest.version + 1)
    done = Rotation(row.version)
    in_use: set[int] = {row.version}
    for model, rows in _sealed_batches(tenant_id, batch):
        for pk, sealed in rows:
            if version_of(sealed) != row.version:
                _reseal(model, (tenant_id, pk, sealed), row, done, in_use)
    stale = DataKey.objects.filter(tenant_id=tenant_id, destroyed_at=None, retired_at__lt=now - _RETIRED_FOR)
    done.keys_removed = stale.exclude(version__in=in_use).delete()[0]
    return done


def destroy_data_key(tenant_id: str) -> int:
    """Destroy every version of a tenant's data key: what they sealed can never be read again."""
    with _lock:
        _data_keys.clear()
    return DataKey.objects.filter(tenant_id=tenant_id, destroyed_at=None).update(
        wrapped=b"", destroyed_at=datetime.now(UTC), retired_at=datetime.now(UTC)
    )


def _reseal(
    model: type[models.Model], value: tuple[str, str, bytes], row: DataKey, done: Rotation, in_use: set[int]
) -> None:
    tenant_id, pk, sealed = value
    try:
        plain = _open(tenant_id, pk, sealed)
    except (SealBroken, CredentialsDestroyed):
        done.unreadable += 1
        in_use.add(version_of(sealed))
        return
    changes: dict[str, Any] = {"sealed": _seal_with(row, tenant_id, pk, plain)}
    if any(field.name == "key_version" for field in model._meta.fields):
        changes["key_version"] = row.version
    manager: Any = model._default_manager
    done.resealed += manager.of(tenant_id).filter(pk=pk, sealed=sealed).update(**changes)


def _sealed_batches(tenant_id: str, size: int) -> Iterator[tuple[type[models.Model], list[tuple[str, bytes]]]]:
    """Every sealed value of a tenant, in batches by model."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.fields}
        if not {"sealed", "tenant"} <= names:
            continue
        manager: Any = model._default_manager
        last = ""
        while True:
            rows = manager.of(tenant_id).filter(pk__gt=last, sealed__isnull=False).order_by("pk")[:size]
            found = [(pk, bytes(sealed)) for pk, sealed in rows.values_list("pk", "sealed")]
            if not found:
                break
            yield model, found
            last = found[-1][0]


def _seal_with(row: DataKey, tenant_id: str, context: str, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    bound = _bound_to(tenant_id, context, row.version)
    return _HEADER.pack(_FORMAT, row.version) + nonce + _cipher(row).encrypt(nonce, plain, bound)


def _open(tenant_id: str, context: str, sealed: bytes) -> bytes:
    version = version_of(sealed)
    row = DataKey.objects.filter(tenant_id=tenant_id, version=version).first() if version else None
    if row is None:
        raise _broken()
    if row.destroyed_at is not None:
        raise CredentialsDestroyed(
            "The key that sealed this credential was destroyed; the credential is gone for good.",
            hint="Enter the credential again on the connection's page.",
        )
    nonce = sealed[_HEADER.size : _HEADER.size + _NONCE_BYTES]
    try:
        return _cipher(row).decrypt(
            nonce, sealed[_HEADER.size + _NONCE_BYTES :], _bound_to(tenant_id, context, version)
        )
    except (InvalidTag, ValueError):
        raise _broken() from None


def _broken() -> SealBroken:
    return SealBroken(
        "The stored credential cannot be opened: it was altered, or it belongs to another connection.",
        hint="Enter the credential again on the connection's page.",
    )


def _bound_to(tenant_id: str, context: str, version: int) -> bytes:
    """What a sealed value is bound to; JSON keeps the parts apart whatever they hold."""
    return orjson.dumps(["ipaas sealed", tenant_id, context, version])


def _current_key(tenant_id: str) -> DataKey:
    newest = DataKey.objects.filter(tenant_id=tenant_id).order_by("-version").first()
    if newest is not None and newest.destroyed_at is None:
        return newest
    return _make_key(tenant_id, 1 if newest is None else newest.version + 1)


def _make_key(tenant_id: str, version: int) -> DataKey:
    """A new version of the tenant's key; whoever is first in a race made it."""
    master = _master_keys()[0]
    wrapped = _wrap(master, tenant_id, version, secrets.token_bytes(32))
    row, _ = DataKey.objects.get_or_create(
        tenant_id=tenant_id, version=version, defaults={"wrapped": wrapped, "master_key_id": master.key_id}
    )
    return row


def _wrap(master: MasterKey, tenant_id: str, version: int, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(master.key).encrypt(nonce, key, orjson.dumps(["ipaas data key", tenant_id, version]))


def _unwrap(row: DataKey) -> bytes:
    master = next((key for key in _master_keys() if key.key_id == row.master_key_id), None)
    if master is None:  # made by another process since we read them
        master = next((key for key in _master_keys(fresh=True) if key.key_id == row.master_key_id), None)
    if master is None:
        raise MasterKeyUnusable(
            f"The master key {row.master_key_id} that wraps this tenant's data key is not configured.",
            hint="Restore it in IPAAS_MASTER_KEY, IPAAS_MASTER_KEY_FILE or IPAAS_MASTER_KEY_PREVIOUS.",
        )
    wrapped = bytes(row.wrapped)
    bound = orjson.dumps(["ipaas data key", row.tenant_id, row.version])
    try:
        return AESGCM(master.key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise _broken() from None


def _cipher(row: DataKey) -> AESGCM:
    """The cipher of a data key; the wrapped bytes are part of the cache's key, so no changed row is served stale."""
    name = (row.tenant_id, row.version, bytes(row.wrapped))
    with _lock:
        if (cached := _data_keys.get(name)) is not None:
            _data_keys.move_to_end(name)
            return cached
    cipher = AESGCM(_unwrap(row))
    with _lock:
        _data_keys[name] = cipher
        while len(_data_keys) > _MOST_CACHED:
            _data_keys.popitem(last=False)
    return cipher


def _master_keys(*, fresh: bool = False) -> list[MasterKey]:
    global _masters
    if fresh or not _masters:
        _masters = load_master_keys(_data_dir(), os.environ)
    return _masters


def _data_dir() -> Path:
    return Path(settings.DATA_DIR)


def forget_keys() -> None:
    """Drop every key held in memory (the next use reads them again)."""
    global _masters
    with _lock:
        _data_keys.clear()
        _masters = []
