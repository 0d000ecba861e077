"""The production shape names only what is there: stages, paths, commands, variables, volumes, health checks."""

from __future__ import annotations

import re
from typing import Any

import yaml
from django.core.management import get_commands

from tests.house import tree
from tests.house.docker import Instruction, compose_findings, dockerfile_findings, instructions

COMPOSE: dict[str, Any] = yaml.safe_load(tree.text("docker/compose.yaml"))
GOOD = (
    'FROM python:3.11.13-slim AS product\nUSER 10001\nHEALTHCHECK --timeout=4s \\\n  CMD ["true"]\n'
    'ENTRYPOINT ["python", "manage.py"]\n'
)


def _variables() -> set[str]:
    return {name for file in tree.product_python() for name in re.findall(r"IPAAS_[A-Z_]+", tree.text(file))}


def test_the_dockerfile_builds_from_what_is_there() -> None:
    assert dockerfile_findings(tree.text("docker/Dockerfile"), lambda path: (tree.ROOT / path).exists()) == []


def test_the_services_run_commands_and_variables_of_the_product() -> None:
    assert compose_findings(COMPOSE, set(get_commands()), _variables()) == []


def test_every_folder_of_the_product_is_let_into_the_image() -> None:
    let_in = [line[1:] for line in tree.text("docker/Dockerfile.dockerignore").splitlines() if line.startswith("!")]

    copied = [each.rest for each in instructions(tree.text("docker/Dockerfile")) if each.word == "COPY"]
    sources = [source.rstrip("/") for rest in copied if "--from" not in rest for source in rest.split()[:-1]]
    assert [source for source in sources if not source.startswith(tuple(let_in))] == []


def test_continued_lines_are_one_instruction() -> None:
    text = "# how\nRUN a \\\n    && b\n\nUSER 1\n"

    assert instructions(text) == [Instruction(2, "RUN", "a && b"), Instruction(5, "USER", "1")]


def test_a_sound_dockerfile_has_no_findings() -> None:
    assert dockerfile_findings(GOOD, lambda path: False) == []


def test_a_bad_dockerfile_is_told_line_by_line() -> None:
    text = "FROM python:latest\nCOPPY a b\nCOPY gone.txt ./\nCOPY --from=frontend dist dist\nCMD serve\n"

    assert dockerfile_findings(text, lambda path: False) == [
        "line 2: unknown instruction COPPY",
        "line 1: python:latest carries no version",
        "line 3: gone.txt does not exist",
        "line 4: there is no stage frontend before",
        "the image runs as root",
        "no HEALTHCHECK",
        "no ENTRYPOINT",
        "line 5: CMD is not in exec form",
    ]


def test_a_user_of_an_earlier_stage_does_not_count() -> None:
    assert dockerfile_findings(GOOD + "FROM product\n", lambda path: False) == ["the image runs as root"]


def test_a_bad_compose_file_is_told_service_by_service() -> None:
    web = {
        "build": "..",
        "command": ["serv"],
        "environment": {"IPAAS_COLOUR": "red"},
        "depends_on": {"mongo": {}},
        "ports": ["8000:8000"],
        "healthcheck": {"test": ["CMD", "python", "manage.py", "docter"]},
    }
    redis = {"image": "redis", "volumes": ["kept:/data"], "secrets": ["key"]}

    assert compose_findings({"services": {"web": web, "redis": redis}}, {"serve"}, {"IPAAS_PORT"}) == [
        "no service worker",
        "no service scheduler",
        "no service postgres",
        "web: depends on mongo, which is not there",
        "web: publishes 8000:8000 beyond this machine",
        "web: serv is no command of the product",
        "web: docter is no command of the product",
        "web: sets IPAAS_COLOUR, which the product does not read",
        "redis: the image redis carries no version",
        "redis: has no health check",
        "redis: uses the volume kept, which is not there",
        "redis: uses the secret key, which is not there",
    ]
