"""The starters of real servers: what they start answers, is empty, durable and private."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import redis

from tests.services.errors import ServiceMissing
from tests.services.postgres import fresh_database, postgres_server
from tests.services.processes import ServerProcess
from tests.services.redis import numbered, redis_server


def test_the_postgres_of_the_run_is_durable(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')").fetchone()

    assert row == ("on", "on")


def test_a_fresh_database_is_gone_afterwards(postgres_url: str) -> None:
    with fresh_database(postgres_url) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (id int)")

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_test_gets_an_empty_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_a_named_postgres_that_does_not_answer_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPAAS_TEST_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")

    with pytest.raises(ServiceMissing, match="IPAAS_TEST_DATABASE_URL"), postgres_server():
        pass


def test_a_named_redis_that_does_not_answer_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPAAS_TEST_REDIS_URL", "redis://127.0.0.1:1")

    with pytest.raises(ServiceMissing, match="IPAAS_TEST_REDIS_URL"), redis_server():
        pass


def test_database_numbers_stay_within_what_the_server_has() -> None:
    assert numbered("redis://127.0.0.1:1/", 65) == "redis://127.0.0.1:1/1"


def test_a_server_that_ends_at_once_shows_its_last_words(tmp_path: Path) -> None:
    process = ServerProcess(["sh", "-c", "echo the disk is full; exit 3"], tmp_path / "log")

    with pytest.raises(ServiceMissing, match="ended with code 3:\nthe disk is full"):
        process.wait_until(lambda: False, seconds=5, what="a server")
