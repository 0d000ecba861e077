"""Where the master keys come from: the environment, a key file, or one made once beside the data.

Asked by the vault only. It reads and writes key material and never uses it; no repr or error shows a key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connectors.sdk.errors import ReconnectNeeded

_log = logging.getLogger(__name__)
_KEY_BYTES = 32
_HOW = "Make one with: python -c 'import secrets; print(secrets.token_hex(32))'"


class MasterKeyUnusable(ReconnectNeeded):
    """The configured master key cannot be read, or the one that is needed is not configured."""

    default_code = "master_key_unusable"


@dataclass(frozen=True)
class MasterKey:
    """One master key and the id under which data keys remember it."""

    key_id: str
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> MasterKey:
        """The key with its id, which tells nothing about the key."""
        return cls(hashlib.sha256(b"ipaas master key id:" + key).hexdigest()[:16], key)


def load_master_keys(data_dir: Path, env: Mapping[str, str]) -> list[MasterKey]:
    """All usable master keys, the current one first.

    IPAAS_MASTER_KEY, or the lines of IPAAS_MASTER_KEY_FILE, or `master_key` under the data folder, which is made when
    absent; then those of IPAAS_MASTER_KEY_PREVIOUS (comma separated), which still open but no longer wrap.
    """
    if given := env.get("IPAAS_MASTER_KEY", "").strip():
        current = [_parse(given, "IPAAS_MASTER_KEY")]
    else:
        path = key_file(data_dir, env)
        assert path is not None
        if "IPAAS_MASTER_KEY_FILE" not in env and not path.exists():
            _make(path)
        current = _read(path)
    previous = [
        _parse(text, "IPAAS_MASTER_KEY_PREVIOUS")
        for text in env.get("IPAAS_MASTER_KEY_PREVIOUS", "").split(",")
        if text.strip()
    ]
    return list(dict.fromkeys([*current, *previous]))


def key_file(data_dir: Path, env: Mapping[str, str]) -> Path | None:
    """The file that holds the master keys, or None when the environment holds the key itself."""
    if env.get("IPAAS_MASTER_KEY", "").strip():
        return None
    return Path(env.get("IPAAS_MASTER_KEY_FILE") or data_dir / "master_key")


def write_keys(path: Path, keys: Sequence[MasterKey]) -> None:
    """Replace the key file in one step; only its owner can read it."""
    lines = [base64.urlsafe_b64encode(key.key).decode() for key in keys]
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".master_key")
    try:
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def new_key() -> MasterKey:
    """A fresh random master key."""
    return MasterKey.of(secrets.token_bytes(_KEY_BYTES))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".master_key")
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(name, path)  # refuses when another process was first, and never shows a half-written file
    except FileExistsError:
        return
    finally:
        os.unlink(name)
    _log.warning(
        "A master key was made at %s. It opens every stored credential: back it up apart from the database, "
        "or set IPAAS_MASTER_KEY or IPAAS_MASTER_KEY_FILE.",
        path,
    )


def _read(path: Path) -> list[MasterKey]:
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise MasterKeyUnusable(
            f"The master key file {path} cannot be read ({error.strerror}).", hint="Mend IPAAS_MASTER_KEY_FILE."
        ) from None
    except UnicodeDecodeError:
        raise MasterKeyUnusable(f"The master key file {path} is not text.", hint=_HOW) from None
    keys = [_parse(line, str(path)) for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not keys:
        raise MasterKeyUnusable(f"The master key file {path} holds no key.", hint=_HOW)
    return keys


def _parse(text: str, where: str) -> MasterKey:
    """A key of 32 bytes written as hexadecimal or base64; the text itself is never repeated in the error."""
    text = text.strip()
    try:
        key = bytes.fromhex(text) if len(text) == 2 * _KEY_BYTES else _from_base64(text)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != _KEY_BYTES:
        raise MasterKeyUnusable(f"{where} must hold 32 bytes, as 64 hexadecimal digits or base64.", hint=_HOW) from None
    return MasterKey.of(key)


def _from_base64(text: str) -> bytes:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
