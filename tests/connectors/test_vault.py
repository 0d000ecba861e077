"""The vault: what is sealed opens for its owner alone, keys turn over without stopping, and destroyed means gone."""

from __future__ import annotations

import base64
import logging
import os
import secrets
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from connectors import master_keys, vault
from connectors.master_keys import MasterKey, MasterKeyUnusable, load_master_keys
from connectors.models import Connection, DataKey
from connectors.vault import CredentialsDestroyed, SealBroken, open_sealed, rotate_data_key, rotate_master_key, seal
from ipaas.accounts.models import Environment, Tenant
from ipaas.accounts.tenants import create_tenant

SECRET = "sk_test_a_very_secret_value"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_master_key(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings.DATA_DIR = tmp_path
    for name in ("IPAAS_MASTER_KEY", "IPAAS_MASTER_KEY_FILE", "IPAAS_MASTER_KEY_PREVIOUS"):
        monkeypatch.delenv(name, raising=False)
    vault.forget_keys()
    yield
    vault.forget_keys()


@pytest.fixture
def acme() -> Tenant:
    return create_tenant("acme", "Acme")


def connection_of(tenant: Tenant, name: str = "one") -> Connection:
    environment = Environment.objects.get(tenant=tenant, name="sandbox")
    row = Connection(tenant=tenant, environment=environment, connector="desk", name=name, auth_kind="api_key")
    row.sealed, row.key_version = seal(tenant.id, row.id, {"key": SECRET})
    row.save()
    return row


def test_what_is_sealed_opens_for_the_same_tenant_and_context(acme: Tenant) -> None:
    sealed, version = seal(acme.id, "con_1", {"key": SECRET, "n": 1})

    assert open_sealed(acme.id, "con_1", sealed) == {"key": SECRET, "n": 1}
    assert version == 1
    assert SECRET.encode() not in sealed


def test_the_same_secret_is_never_sealed_to_the_same_bytes(acme: Tenant) -> None:
    first, _ = seal(acme.id, "con_1", {"key": SECRET})
    second, _ = seal(acme.id, "con_1", {"key": SECRET})

    assert first != second


def test_a_sealed_value_copied_to_another_connection_or_tenant_does_not_open(acme: Tenant) -> None:
    globex = create_tenant("globex", "Globex")
    seal(globex.id, "con_1", {"key": "other"})
    sealed, _ = seal(acme.id, "con_1", {"key": SECRET})

    for tenant_id, context in ((acme.id, "con_2"), (globex.id, "con_1")):
        with pytest.raises(SealBroken) as caught:
            open_sealed(tenant_id, context, sealed)
        assert SECRET not in repr(caught.value) + str(caught.value.__cause__) + str(caught.value.to_dict())


@pytest.mark.parametrize("place", [0, 1, 4, 6, 20, -1])
def test_a_sealed_value_with_any_bit_changed_does_not_open(acme: Tenant, place: int) -> None:
    sealed, _ = seal(acme.id, "con_1", {"key": SECRET})
    tampered = bytearray(sealed)
    tampered[place] ^= 1

    with pytest.raises(SealBroken):
        open_sealed(acme.id, "con_1", bytes(tampered))


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"\x01\x00\x00\x00\x01", b"\x01\x00\x00\x00\x01" + b"x" * 12, b"{}"])
def test_bytes_that_were_never_sealed_are_refused_with_the_same_words(acme: Tenant, rubbish: bytes) -> None:
    seal(acme.id, "con_1", {"key": SECRET})

    with pytest.raises(SealBroken):
        open_sealed(acme.id, "con_1", rubbish)


def test_the_database_holds_neither_the_secret_nor_the_data_key(acme: Tenant) -> None:
    row = connection_of(acme)

    [key] = DataKey.objects.filter(tenant=acme)
    assert SECRET.encode() not in bytes(row.sealed)
    assert len(bytes(key.wrapped)) == 12 + 32 + 16


def test_rotating_a_data_key_seals_everything_again_and_old_bytes_open_meanwhile(acme: Tenant) -> None:
    rows = [connection_of(acme, f"c{number}") for number in range(5)]
    before = bytes(rows[0].sealed)

    done = rotate_data_key(acme.id, batch=2)

    assert (done.version, done.resealed, done.unreadable, done.keys_removed) == (2, 5, 0, 0)
    for row in rows:
        row.refresh_from_db()
        assert row.key_version == 2
        assert vault.version_of(row.sealed) == 2
        assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}
    assert open_sealed(acme.id, rows[0].id, before) == {"key": SECRET}
    assert seal(acme.id, "con_x", {})[1] == 2


def test_an_old_data_key_leaves_after_an_hour_when_nothing_uses_it(acme: Tenant) -> None:
    row = connection_of(acme)
    rotate_data_key(acme.id)
    DataKey.objects.filter(tenant=acme, version=1).update(retired_at=datetime.now(UTC) - timedelta(hours=2))

    done = rotate_data_key(acme.id)

    assert done.keys_removed == 1
    assert sorted(DataKey.objects.filter(tenant=acme).values_list("version", flat=True)) == [2, 3]
    row.refresh_from_db()
    assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}


def test_an_old_data_key_stays_while_an_unreadable_value_still_names_it(acme: Tenant) -> None:
    row = connection_of(acme)
    tampered = bytes(row.sealed)[:-1] + b"\x00"
    Connection.objects.of(acme).filter(id=row.id).update(sealed=tampered)
    rotate_data_key(acme.id)
    DataKey.objects.filter(tenant=acme, version=1).update(retired_at=datetime.now(UTC) - timedelta(hours=2))

    done = rotate_data_key(acme.id)

    assert (done.unreadable, done.keys_removed) == (1, 0)
    row.refresh_from_db()
    assert bytes(row.sealed) == tampered


def test_rotating_one_tenants_key_leaves_others_alone(acme: Tenant) -> None:
    globex = create_tenant("globex", "Globex")
    other = connection_of(globex)
    before = bytes(other.sealed)
    connection_of(acme)

    rotate_data_key(acme.id)

    other.refresh_from_db()
    assert bytes(other.sealed) == before
    assert DataKey.objects.filter(tenant=globex).count() == 1


def test_rotating_the_master_key_wraps_data_keys_anew_and_touches_no_credential(acme: Tenant, tmp_path: Path) -> None:
    row = connection_of(acme)
    sealed, old = bytes(row.sealed), DataKey.objects.get(tenant=acme)
    old_line = (tmp_path / "master_key").read_text().split()[0]

    assert rotate_master_key() == 1

    lines = (tmp_path / "master_key").read_text().split()
    new = DataKey.objects.get(tenant=acme)
    row.refresh_from_db()
    assert lines[1:] == [old_line]
    assert new.master_key_id != old.master_key_id
    assert bytes(new.wrapped) != bytes(old.wrapped)
    assert bytes(row.sealed) == sealed
    assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}
    assert stat.S_IMODE(os.stat(tmp_path / "master_key").st_mode) == 0o600


def test_a_process_that_still_holds_the_old_master_key_reads_the_new_one_when_it_meets_it(acme: Tenant) -> None:
    row = connection_of(acme)
    held = list(vault._masters)
    rotate_master_key()
    vault.forget_keys()
    vault._masters = held

    assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}


def test_master_keys_from_the_environment_rotate_by_naming_the_previous_one(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = secrets.token_hex(32), base64.b64encode(secrets.token_bytes(32)).decode()
    monkeypatch.setenv("IPAAS_MASTER_KEY", first)
    vault.forget_keys()
    row = connection_of(acme)

    monkeypatch.setenv("IPAAS_MASTER_KEY", second)
    monkeypatch.setenv("IPAAS_MASTER_KEY_PREVIOUS", first)
    vault.forget_keys()
    assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}
    assert rotate_master_key() == 1
    monkeypatch.delenv("IPAAS_MASTER_KEY_PREVIOUS")
    vault.forget_keys()

    assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}


def test_a_lost_master_key_is_named_by_id_and_how_to_mend_it(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    row = connection_of(acme)
    monkeypatch.setenv("IPAAS_MASTER_KEY", secrets.token_hex(32))
    vault.forget_keys()

    with pytest.raises(MasterKeyUnusable) as caught:
        open_sealed(acme.id, row.id, row.sealed)

    assert DataKey.objects.get(tenant=acme).master_key_id in caught.value.message
    assert "IPAAS_MASTER_KEY_PREVIOUS" in (caught.value.hint or "")


def test_a_destroyed_data_key_makes_every_secret_unreadable_for_good(acme: Tenant) -> None:
    row = connection_of(acme)
    open_sealed(acme.id, row.id, row.sealed)

    assert vault.destroy_data_key(acme.id) == 1

    with pytest.raises(CredentialsDestroyed) as caught:
        open_sealed(acme.id, row.id, row.sealed)
    assert caught.value.code == "credentials_destroyed"
    assert bytes(DataKey.objects.get(tenant=acme).wrapped) == b""


def test_after_destruction_new_secrets_get_a_new_key(acme: Tenant) -> None:
    seal(acme.id, "con_1", {"key": SECRET})
    vault.destroy_data_key(acme.id)

    sealed, version = seal(acme.id, "con_1", {"key": "new"})

    assert version == 2
    assert open_sealed(acme.id, "con_1", sealed) == {"key": "new"}


def test_a_key_destroyed_by_another_process_is_gone_here_too(acme: Tenant) -> None:
    sealed, _ = seal(acme.id, "con_1", {"key": SECRET})
    open_sealed(acme.id, "con_1", sealed)

    DataKey.objects.filter(tenant=acme).update(wrapped=b"", destroyed_at=datetime.now(UTC))

    with pytest.raises(CredentialsDestroyed):
        open_sealed(acme.id, "con_1", sealed)


def test_the_cache_of_keys_is_bounded(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "_MOST_CACHED", 3)

    for number in range(6):
        tenant = create_tenant(f"t{number}", "T")
        seal(tenant.id, "con_1", {"key": SECRET})

    assert len(vault._data_keys) == 3


def test_a_master_key_is_made_once_for_its_owner_only_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        first = load_master_keys(tmp_path / "new", {})
        second = load_master_keys(tmp_path / "new", {})

    path = tmp_path / "new" / "master_key"
    assert first == second
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert path.read_text().strip() not in caplog.text


@pytest.mark.parametrize("text", ["short", "x" * 64, base64.b64encode(b"y" * 31).decode(), "é" * 43])
def test_a_master_key_that_is_not_32_bytes_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(MasterKeyUnusable) as caught:
        load_master_keys(tmp_path, {"IPAAS_MASTER_KEY": text})

    assert text not in str(caught.value.to_dict())


def test_a_named_key_file_that_is_missing_is_an_error_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable):
        load_master_keys(tmp_path, {"IPAAS_MASTER_KEY_FILE": str(tmp_path / "elsewhere")})

    assert list(tmp_path.iterdir()) == []


def test_a_key_shows_nothing_of_itself() -> None:
    key = MasterKey.of(b"k" * 32)

    assert "kkkk" not in repr(key)
    assert key.key_id not in (b"k" * 32).hex()
    assert master_keys.MasterKey.of(b"k" * 32) == key


def test_the_command_rotates_what_it_is_asked_to(acme: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    create_tenant("globex", "Globex")
    row = connection_of(acme)

    call_command("rotate_keys", "--tenant", "acme")
    call_command("rotate_keys", "--master")

    out = capsys.readouterr().out
    row.refresh_from_db()
    assert "acme: data key version 2, 1 credentials sealed anew." in out
    assert "globex" not in out
    assert "Master key rotated: 2 data keys wrapped anew." in out
    assert SECRET not in out
    assert open_sealed(acme.id, row.id, row.sealed) == {"key": SECRET}
    with pytest.raises(CommandError):
        call_command("rotate_keys", "--tenant", "nobody")
