"""Tenant scope by construction: a query that does not say whose rows it wants cannot be made.

Every domain model inherits `TenantScoped`; its `objects` answers only to `.of(tenant)` and `.across_tenants(reason)`.
Foreign keys and `save()` use Django's base manager and are not affected; related sets need `.of(tenant)` as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from ipaas.accounts.models import Tenant

Row = TypeVar("Row", bound=models.Model)


class UnscopedQuery(RuntimeError):
    """A query on a tenant's table did not say which tenant it is for, or tried to leave it."""


class ScopedQuerySet(models.QuerySet[Row]):
    """Rows of one tenant (or of all, when that was asked for by name); new rows are born in that tenant."""

    _tenant_id: str | None = None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._tenant_id = self._tenant_id
        return clone

    def create(self, **values: Any) -> Row:
        """Make one row in the tenant of this query."""
        return super().create(**self._in_tenant(values))

    def bulk_create(self, objs: Iterable[Row], *args: Any, **options: Any) -> list[Row]:
        """Make many rows in the tenant of this query."""
        rows = list(objs)
        if self._tenant_id is not None:
            for row in rows:
                self._claim(row)
        return super().bulk_create(rows, *args, **options)

    def update(self, **values: Any) -> int:
        """Change the rows; they cannot be moved to another tenant."""
        if "tenant" in values or "tenant_id" in values:
            raise UnscopedQuery(f"{self.model.__name__} rows cannot move to another tenant.")
        return super().update(**values)

    def _in_tenant(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._tenant_id is None:
            return values
        given = tenant_id_of(values["tenant"]) if "tenant" in values else values.get("tenant_id", self._tenant_id)
        if given != self._tenant_id:
            raise UnscopedQuery(f"{self.model.__name__} of tenant {given} cannot be made in {self._tenant_id}.")
        return values if "tenant" in values else {**values, "tenant_id": self._tenant_id}

    def _claim(self, row: Any) -> None:
        if row.tenant_id is None:
            row.tenant_id = self._tenant_id
        elif row.tenant_id != self._tenant_id:
            raise UnscopedQuery(f"{self.model.__name__} of tenant {row.tenant_id} cannot be made in {self._tenant_id}.")


def tenant_id_of(tenant: Tenant | str) -> str:
    """The id of a tenant given as itself or as its id."""
    found = tenant if isinstance(tenant, str) else getattr(tenant, "pk", None)
    if not found or not isinstance(found, str):
        raise UnscopedQuery(f"{tenant!r} is no tenant.")
    return found


if TYPE_CHECKING:
    _Manager = models.Manager
else:
    _Manager = models.Manager.from_queryset(ScopedQuerySet)


class TenantManager(_Manager[Row]):
    """The door to a tenant's rows; everything but `of` and `across_tenants` raises `UnscopedQuery`."""

    def of(self, tenant: Tenant | str) -> ScopedQuerySet[Row]:
        """Rows of one tenant, given as itself or as its id."""
        tenant_id = tenant_id_of(tenant)
        rows: ScopedQuerySet[Row] = self._rows().filter(tenant_id=tenant_id)
        rows._tenant_id = tenant_id
        return rows

    def across_tenants(self, reason: str) -> ScopedQuerySet[Row]:
        """Rows of every tenant; the reason is for whoever reviews the caller."""
        if not reason.strip():
            raise UnscopedQuery("Say why every tenant's rows are needed.")
        return self._rows()

    def get_queryset(self) -> NoReturn:  # type: ignore[override]
        raise UnscopedQuery(
            f"{self.model.__name__}.objects needs .of(tenant) first, or .across_tenants('why'): "
            "these rows belong to tenants."
        )

    def _rows(self) -> ScopedQuerySet[Row]:
        made: Any = self  # the attributes below are Django's own, without types
        rows: ScopedQuerySet[Row] = made._queryset_class(model=self.model, using=made._db, hints=made._hints)
        # A related set (flow.versions) stays what it is: only the rows of its own parent.
        narrow = getattr(self, "_apply_rel_filters", None)
        return rows if narrow is None else narrow(rows)


class TenantScoped(models.Model):
    """A row that belongs to one tenant. A model with its own index on tenant may declare `tenant` again without one."""

    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")

    objects: TenantManager[Any] = TenantManager()

    class Meta:
        abstract = True
