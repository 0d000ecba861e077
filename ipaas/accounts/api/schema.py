"""OpenAPI of the product: `documented` says what one handler takes and answers, and the rest is worked out here.

Every API view marks its handlers with it (its docstring has an example). Fixed sets of words are
`NamedChoice("RunStatus", [...])`, so that each is one enum for generated clients. It never changes what a view does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.urls.converters import get_converters
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_field, is_list_serializer, is_serializer
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from ipaas.accounts.api.paging import MOST, USUAL
from ipaas.accounts.api.problems import MEDIA_TYPE

Handler = TypeVar("Handler", bound=Callable[..., Any])

_BELOW_A_TENANT = re.compile(r"^/api/v1/tenants/\{tenant\}/(?=.)")
_TYPED = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<name>[^>]+)>")
_VERBS = {"GET": "read", "POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}


class NamedChoice(serializers.ChoiceField):
    """A choice whose set of words is one named enum in OpenAPI, wherever it is used."""

    def __init__(self, component: str, choices: Iterable[str], **options: Any) -> None:
        self.component = component
        super().__init__(choices=list(choices), **options)


class FieldProblemShape(serializers.Serializer[Any]):
    """One field or place that is wrong."""

    pointer = serializers.CharField(allow_blank=True, help_text="JSON pointer into the body, or the parameter's name")
    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField(allow_null=True, allow_blank=True, required=False)


class ProblemDetailsShape(serializers.Serializer[Any]):
    """Why a request was refused (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="stable, for programs")
    detail = serializers.CharField(help_text="for the person who must act")
    hint = serializers.CharField(required=False, help_text="how to mend it")
    errors = FieldProblemShape(many=True, required=False)  # type: ignore[assignment]


@dataclass(frozen=True)
class _About:
    """What `documented` was told about a handler."""

    request: Any = None
    responses: Any = None
    paged: bool = False
    query: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    operation: str = ""


def documented(
    *,
    request: Any = None,
    responses: Any = None,
    paged: bool = False,
    query: Mapping[str, Any] | None = None,
    problems: Iterable[int] = (),
    operation: str = "",
) -> Callable[[Handler], Handler]:
    """Describe one handler of an API view; its docstring is the summary (first line) and the description.

    Example:
        class Flows(TenantView):
            permission = {"GET": "view", "POST": "edit_flows"}

            @documented(responses=FlowShape, paged=True, query={"q": "part of the name"})
            def get(self, request, **ids): ...  # answers {"items": [FlowShape], "next": cursor}

            @documented(request=FlowCreate, responses={201: FlowDetailShape}, problems=(409,))
            def post(self, request, **ids): ...

    Args:
        request: serializer class of the body, or `{"text/csv": str}` for another media type.
        responses: serializer (or field) class of a 200 answer, or `{status: serializer or None}`; a key may be
            `(200, "text/csv")`. A dict that is a JSON Schema is taken as it is when given by status.
        paged: the answer is a page of `responses`; adds `cursor` and `limit`.
        query: names of query parameters with their description, or with `{"schema": {...}, "description": ...}`.
        problems: further refusals. Added without being named: 400 and 401 always, 404 below a tenant, 403 for what
            needs more than `view`, and 413, 415, 422 where there is a body.
        operation: the operation id, where the one made of method and path would not do.
    """
    about = _About(request, responses, paged, query or {}, tuple(problems), operation)

    def mark(handler: Handler) -> Handler:
        schema = type("DescribedSchema", (ProductSchema,), {"about": about})
        handler.kwargs = {"schema": schema}  # type: ignore[attr-defined]
        return handler

    return mark


class ProductSchema(AutoSchema):
    """Turns what `documented` was told, the path and the view's permissions into an OpenAPI operation."""

    about = _About()

    def get_operation_id(self) -> str:
        if self.about.operation:
            return self.about.operation
        words = [word.replace("-", "_").replace(".", "_") for word in self._words()]
        if self.about.paged:
            return "_".join([*words, "list"])
        if self.method == "POST" and not self._is_collection():
            return "_".join(words)
        if self.method == "DELETE" and not self.path.endswith("}/"):
            return "_".join([*words, "clear"])
        return "_".join([*words, _VERBS[self.method]])

    def get_tags(self) -> list[str]:
        return self._words()[:1]

    def get_summary(self) -> str | None:
        return self._told().partition("\n")[0] or None

    def get_description(self) -> str:  # type: ignore[override]
        return " ".join(self._told().partition("\n")[2].split())

    def get_request_serializer(self) -> Any:
        return self.about.request

    def get_response_serializers(self) -> Any:
        given = self.about.responses
        # A dict with words as keys is a JSON Schema for 200, one with statuses tells the answers apart.
        by_status = given if isinstance(given, dict) and not _is_json_schema(given) else {200: given}
        answers: dict[Any, Any] = {status: self._shape(shape) for status, shape in by_status.items()}
        for status in sorted(self._problem_statuses()):
            answers[(status, MEDIA_TYPE)] = OpenApiResponse(
                ProblemDetailsShape, description=_REFUSALS[status][0], examples=[_example(status)]
            )
        return answers

    def get_override_parameters(self) -> list[Any]:
        parameters = [_query_parameter(name, told) for name, told in self.about.query.items()]
        if self.about.paged:
            limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
            parameters.append(_query_parameter("cursor", "`next` of the page before"))
            parameters.append(_query_parameter("limit", {"schema": limit, "description": "how many at most"}))
        return [*self._path_parameters(), *parameters]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return super().get_serializer_name(serializer, direction).removesuffix("Shape")

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        if isinstance(field, serializers.JSONField):
            # Anything, null included: spectacular's "one of anything and null" would refuse null.
            return {"description": str(field.help_text)} if field.help_text else {}
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def _get_request_for_media_type(self, serializer: Any, direction: Any = "request") -> Any:
        # What a PATCH needs is what its serializer says; it is not another one with everything left out.
        method, self.method = self.method, "POST" if self.method == "PATCH" else self.method
        try:
            return super()._get_request_for_media_type(serializer, direction)
        finally:
            self.method = method

    def _get_request_body(self, direction: Any = "request") -> Any:
        return None if self.about.request is None else super()._get_request_body(direction)

    def _get_response_for_code(
        self, serializer: Any, status_code: str, media_types: Any = None, direction: Any = "response"
    ) -> Any:
        plain = (
            serializer() if inspect.isclass(serializer) and issubclass(serializer, serializers.Field) else serializer
        )
        if is_field(plain) and not is_serializer(plain) and not is_list_serializer(plain):
            # An empty schema allows anything, but spectacular would take it for "no body".
            serializer = self._map_serializer_field(plain, direction) or {"description": "Any JSON value."}
        return super()._get_response_for_code(serializer, status_code, media_types, direction)

    def _is_list_view(self, serializer: Any = None) -> bool:
        return serializer is not None and not isinstance(serializer, dict) and is_list_serializer(serializer)

    def _told(self) -> str:
        handler = getattr(self.view, self.method.lower(), None)
        return inspect.getdoc(handler) or ""

    def _words(self) -> list[str]:
        path = _BELOW_A_TENANT.sub("/", self.path).removeprefix("/api/v1")
        return [part for part in path.split("/") if part and not part.startswith("{")]

    def _is_collection(self) -> bool:
        schema = getattr(getattr(self.view, "get", None), "kwargs", {}).get("schema")
        return bool(schema is not None and schema.about.paged)

    def _shape(self, shape: Any) -> Any:
        return _page_of(shape) if self.about.paged else shape

    def _problem_statuses(self) -> set[int]:
        statuses = {400, *self.about.problems}
        permission = getattr(self.view, "permission", None)
        if not any(isinstance(found, AllowAny) for found in self.view.get_permissions()):
            statuses.add(401)
            if self.method != "GET" or (permission or {}).get("GET", "view") != "view":
                statuses.add(403)
        if permission is not None:
            statuses.add(404)
        if self.about.request is not None:
            statuses |= {413, 415, 422}
        return statuses

    def _path_parameters(self) -> list[OpenApiParameter]:
        converters = get_converters()
        found = []
        for match in _TYPED.finditer(self.path_regex):
            converter = converters.get(match["converter"] or "str")
            number = match["converter"] in ("int", "number")
            schema: dict[str, Any] = (
                {"type": "integer", "minimum": 0, "maximum": 999_999_999}
                if number
                else {"type": "string", "pattern": f"^{getattr(converter, 'regex', '[^/]+')}$"}
            )
            schema |= {} if number else {"minLength": 1, "maxLength": 40 if "{" in schema["pattern"] else 100}
            found.append(OpenApiParameter(match["name"], schema, OpenApiParameter.PATH, required=True))
        return found


def _is_json_schema(given: dict[Any, Any]) -> bool:
    return any(isinstance(key, str) for key in given)


def _query_parameter(name: str, told: Any) -> OpenApiParameter:
    told = {"description": told} if isinstance(told, str) else told
    schema = told.get("schema", {"type": "string"})
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=told.get("description", ""))


_pages: dict[Any, type[serializers.Serializer[Any]]] = {}


def _page_of(shape: Any) -> type[serializers.Serializer[Any]]:
    """The serializer of a page of a shape; always the same one, so that it is one component."""
    if shape not in _pages:
        name = shape.__name__.removesuffix("Shape")
        fields = {
            "__doc__": f"A page: {inspect.getdoc(shape) or name}",
            "items": shape(many=True),
            "next": serializers.CharField(allow_null=True, help_text="the cursor of the next page"),
        }
        _pages[shape] = type(f"{name}Page", (serializers.Serializer,), fields)
    return _pages[shape]


_REFUSALS: dict[int, tuple[str, str, str]] = {
    400: ("The request cannot be understood.", "malformed_body", "The body is not valid JSON."),
    401: ("Nobody is signed in.", "not_authenticated", "Authentication credentials were not provided."),
    403: ("Your role may not do this.", "permission_needed", "This needs the permission “manage_members”."),
    404: ("There is no such thing here.", "not_found", "There is no such tenant here."),
    409: ("It does not fit what is there now.", "conflict", "Somebody else has changed it since."),
    413: ("The body is too large.", "too_large", "The body is larger than 8388608 bytes."),
    415: ("The body's media type is not taken here.", "unsupported_media_type", "Unsupported media type “text/plain”."),
    422: ("Fields do not fit.", "invalid_input", "/name: This field is required."),
    429: ("Too many attempts; see Retry-After.", "too_many_attempts", "Too many attempts to sign in."),
    502: ("Another system did not answer as it should.", "other_system", "The other system refused the request."),
    503: ("Not possible right now.", "unavailable", "Try again in a moment."),
}


def _example(status: int) -> OpenApiExample:
    title, code, detail = _REFUSALS[status]
    value = {"type": f"urn:ipaas:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return OpenApiExample(code, value=value)


class NamedChoiceEnum(OpenApiSerializerFieldExtension):
    """Breaks a `NamedChoice` out into its own component."""

    target_class = NamedChoice

    def get_name(self) -> str:
        return str(self.target.component)

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.target.choices)}


class BearerScheme(OpenApiAuthenticationExtension):
    """API tokens."""

    target_class = "ipaas.accounts.tokens.TokenAuthentication"
    name = "Bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API token of one tenant."}


class CookieScheme(OpenApiAuthenticationExtension):
    """The browser's session."""

    target_class = "rest_framework.authentication.SessionAuthentication"
    match_subclasses = True
    name = "Cookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A browser session; whatever changes something also needs X-CSRFToken.",
        }
