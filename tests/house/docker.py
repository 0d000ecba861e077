"""Rules about the production shape: the Dockerfile and compose.yaml name only what is there.

Applied by test_docker.py. Nothing is built or started here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

_KNOWN = {
    "FROM", "RUN", "CMD", "LABEL", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER", "WORKDIR",
    "ARG", "STOPSIGNAL", "HEALTHCHECK", "SHELL",
}  # fmt: skip
_SERVICES = ("web", "worker", "scheduler", "postgres", "redis")
_VERSIONED = re.compile(r"^[\w./-]+:\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$")
_PRODUCT_VARIABLE = re.compile(r"^IPAAS_[A-Z_]+$")


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile with its continuation lines joined."""

    line: int
    word: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, in order."""
    found: list[Instruction] = []
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start = start if joined else number
        joined += line.strip()
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        word, _, rest = joined.partition(" ")
        found.append(Instruction(start, word, rest.strip()))
        joined = ""
    return found


def dockerfile_findings(text: str, exists: Callable[[str], bool]) -> list[str]:
    """What is wrong with a Dockerfile; `exists` answers for a path of the build context."""
    read = instructions(text)
    findings = [f"line {each.line}: unknown instruction {each.word}" for each in read if each.word not in _KNOWN]
    stages: list[str] = []
    user = "root"
    for each in read:
        if each.word == "FROM":
            findings += _base(each, stages)
            user = "root"
        elif each.word in ("COPY", "ADD"):
            findings += _copy(each, stages, exists)
        elif each.word == "USER":
            user = each.rest
    if user.split(":")[0] in ("root", "0"):
        findings.append("the image runs as root")
    words = [each.word for each in read]
    findings += [f"no {word}" for word in ("FROM", "HEALTHCHECK", "ENTRYPOINT") if word not in words]
    return findings + _exec_forms(read)


def _base(each: Instruction, stages: list[str]) -> list[str]:
    image, _, stage = each.rest.partition(" AS ")
    stages.append(stage or f"#{len(stages)}")
    known = image in stages[:-1]
    return [] if known or _VERSIONED.match(image) else [f"line {each.line}: {image} carries no version"]


def _copy(each: Instruction, stages: list[str], exists: Callable[[str], bool]) -> list[str]:
    flags = [word for word in each.rest.split() if word.startswith("--")]
    sources = [word for word in each.rest.split() if not word.startswith("--")][:-1]
    origin = next((flag.removeprefix("--from=") for flag in flags if flag.startswith("--from=")), None)
    if origin is not None:
        return [] if origin in stages[:-1] else [f"line {each.line}: there is no stage {origin} before"]
    return [f"line {each.line}: {source} does not exist" for source in sources if not exists(source)]


def _exec_forms(read: list[Instruction]) -> list[str]:
    findings = []
    for each in read:
        command = each.rest.partition("CMD ")[2] if each.word == "HEALTHCHECK" else each.rest
        if each.word in ("CMD", "ENTRYPOINT", "HEALTHCHECK") and not _is_list(command.strip()):
            findings.append(f"line {each.line}: {each.word} is not in exec form")
    return findings


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def compose_findings(compose: dict[str, Any], commands: Collection[str], variables: Collection[str]) -> list[str]:
    """What is wrong with a compose file, given the product's commands and the variables that it reads."""
    services: dict[str, Any] = compose.get("services", {})
    findings = [
        f"no service {name}" for name in ("web", "worker", "scheduler", "postgres", "redis") if name not in services
    ]
    for name, service in services.items():
        findings += [f"{name}: {finding}" for finding in _service(service, compose)]
        if "build" in service:
            findings += [f"{name}: {finding}" for finding in _product(service, commands, variables)]
    return findings


def _service(service: dict[str, Any], compose: dict[str, Any]) -> list[str]:
    findings = []
    image = str(service.get("image", ""))
    if "build" not in service and not _VERSIONED.match(image):
        findings.append(f"the image {image} carries no version")
    if "healthcheck" not in service and "build" not in service:
        findings.append("has no health check")
    for wanted in service.get("depends_on", {}):
        if wanted not in compose["services"]:
            findings.append(f"depends on {wanted}, which is not there")
    for volume in service.get("volumes", []):
        source = str(volume).split(":")[0]
        if not source.startswith((".", "/")) and source not in compose.get("volumes", {}):
            findings.append(f"uses the volume {source}, which is not there")
    for secret in service.get("secrets", []):
        if secret not in compose.get("secrets", {}):
            findings.append(f"uses the secret {secret}, which is not there")
    findings += [f"publishes {port} beyond this machine" for port in service.get("ports", []) if _is_public(str(port))]
    return findings


def _is_public(port: str) -> bool:
    return not port.startswith("127.0.0.1:")


def _product(service: dict[str, Any], commands: Collection[str], variables: Collection[str]) -> list[str]:
    command = (service.get("command") or [""])[0]
    asked = [command, *_command_of_check(service.get("healthcheck", {}).get("test", []))]
    findings = [f"{name} is no command of the product" for name in asked if name not in commands]
    named = [name for name in service.get("environment", {}) if _PRODUCT_VARIABLE.match(name)]
    return findings + [f"sets {name}, which the product does not read" for name in named if name not in variables]


def _command_of_check(test: list[str]) -> list[str]:
    """The management command that a health check runs, if it runs one."""
    return test[test.index("manage.py") + 1 :][:1] if "manage.py" in test else []
