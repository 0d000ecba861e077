"""The base of every API view: who asks, for which tenant, with which permission, and is the request fit to be read.

Views inherit `TenantView` (or `ApiView` outside a tenant), name a permission for every method they have, and get
`self.tenant`. Strangers to a tenant hear 404, members without the permission 403 with the roles that have it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from ipaas.accounts import audit, roles
from ipaas.accounts.api.bodies import MOST_BYTES, Json, StrictJson, check_query
from ipaas.accounts.api.paging import paginate
from ipaas.accounts.api.problems import forbidden, not_found
from ipaas.accounts.api.schema import ProductSchema, documented
from ipaas.accounts.models import ApiToken, Environment, Tenant, User
from ipaas.accounts.sessions import SessionAuthentication
from ipaas.accounts.tokens import TokenAuthentication

_METHODS = ("get", "post", "put", "patch", "delete")
Row = TypeVar("Row", bound=Model)


class OneRenderer(DefaultContentNegotiation):
    """A view answers in its own form, whatever the client would rather have."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view outside any tenant, for whoever is signed in."""

    authentication_classes: Any = (TokenAuthentication, SessionAuthentication)
    permission_classes: Any = (IsAuthenticated,)
    parser_classes: Any = (StrictJson,)
    renderer_classes: Any = (Json,)
    content_negotiation_class = OneRenderer
    http_method_names = [*_METHODS, "head"]
    schema = ProductSchema()
    most_bytes: ClassVar[int] = MOST_BYTES

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        if not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING"):
            # DRF takes a body of unannounced length for none at all; the parser bounds what is read.
            request.META["CONTENT_LENGTH"] = str(self.most_bytes)
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_query(request._request)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "private, no-store")
        return final

    @property
    def person(self) -> User:
        """Who asks; only views that let in nobody else may use it."""
        user = self.request.user
        assert isinstance(user, User)
        return user

    def checked(self, shape: type[Serializer[Any]]) -> dict[str, Any]:
        """The body as the shape takes it, or a 422 problem that names every field."""
        serializer = shape(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class TenantView(ApiView):
    """A view below `/api/v1/tenants/<slug>/`; `permission` names what each of its methods needs."""

    permission: ClassVar[Mapping[str, str]] = {}
    tenant: Tenant
    permissions: frozenset[str]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for method in _METHODS:
            needed = cls.permission.get(method.upper())
            if hasattr(cls, method) and needed not in roles.PERMISSIONS:
                raise TypeError(
                    f"{cls.__name__}.permission must name a permission for {method.upper()}, not {needed!r}"
                )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.tenant = self._tenant(request, kwargs["tenant"])
        self.permissions = roles.permissions_of(request.user, self.tenant)
        if "view" not in self.permissions:
            raise not_found("tenant")
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method in self.permission:
            self.require(self.permission[method])

    def require(self, permission: str) -> None:
        """Go on only with a permission; else a 403 problem that says which roles have it."""
        if permission not in self.permissions:
            raise forbidden(permission, roles.roles_with(permission))

    def environment(self, name: str) -> Environment:
        """The tenant's environment of a name, or 404."""
        found = Environment.objects.filter(tenant=self.tenant, name=name).first()
        if found is None:
            raise not_found("environment")
        return found

    def note(self, action: str, target_type: str, target_id: str, detail: dict[str, Any] | None = None) -> None:
        """Write to the audit trail what this request's person did."""
        audit.record(self.tenant, self.person, action, target_type, target_id, detail, self.request)

    def page(
        self, rows: QuerySet[Row], answer: Callable[[Row], dict[str, Any]], order: tuple[str, ...] = ("-id",)
    ) -> Response:
        """One page of rows as an answer."""
        found, following = paginate(self.request, rows, order)
        return Response({"items": [answer(row) for row in found], "next": following})

    def _tenant(self, request: Request, slug: str) -> Tenant:
        token = request.auth
        if isinstance(token, ApiToken):
            found: Tenant | None = token.tenant if token.tenant.slug == slug else None
        else:
            found = Tenant.objects.filter(slug=slug).first()
        if found is None:
            raise not_found("tenant")
        return found


class TenantListView(TenantView):
    """A view that only lists: give `shape`, `rows()` and `answer(row)`, and an `order` other than newest first."""

    permission = {"GET": "view"}
    shape: ClassVar[type[Serializer[Any]] | None] = None
    order: ClassVar[tuple[str, ...]] = ("-id",)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.shape is not None and "get" not in cls.__dict__:

            def get(self: TenantListView, request: Request, **ids: str) -> Response:
                return self.page(self.rows(), self.answer, self.order)

            get.__doc__ = cls.__doc__
            cls.get = documented(responses=cls.shape, paged=True)(get)  # type: ignore[attr-defined]

    def rows(self) -> QuerySet[Any]:
        """The rows to list; the subclass says which."""
        raise LookupError(f"{type(self).__name__} does not say which rows it lists")

    def answer(self, row: Any) -> dict[str, Any]:
        """A row as the API shows it; the subclass says how."""
        raise LookupError(f"{type(self).__name__} does not say how it shows a row")
