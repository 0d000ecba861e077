"""The service document and $metadata (EDMX version 4) of each service, written from the tables.

Called by the front desk. Shows the columns of the tables and a few a customer would have made; reads no row.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from connectors.library.epicor_kinetic.simulation.tables import CHILDREN, SERVICES, TABLES, Table

_TYPES = {"s": "Edm.String", "i": "Edm.Int32", "l": "Edm.Int64", "d": "Edm.Decimal", "b": "Edm.Boolean",
          "t": "Edm.DateTimeOffset", "g": "Edm.Guid"}  # fmt: skip
CUSTOM = {"Customer": ("StripeCustomerID_c",), "OrderHed": ("WebOrderID_c", "StripePaymentID_c")}


def service_document(service: str, context: str) -> dict[str, Any]:
    sets = [TABLES[name].entity_set for name in SERVICES[service]]
    value = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
    return {"@odata.context": f"{context}/$metadata", "value": value}


def edmx(service: str) -> bytes:
    tables = [TABLES[name] for name in SERVICES[service]]
    types = "\n".join(_entity_type(table, tables) for table in tables)
    sets = "\n".join(
        f'    <EntitySet Name={quoteattr(table.entity_set)} EntityType="Erp.{table.name}"/>' for table in tables
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
 <edmx:DataServices>
  <Schema Namespace="Erp" xmlns="http://docs.oasis-open.org/odata/ns/edm">
{types}
   <EntityContainer Name="Container">
{sets}
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>
""".encode()


def _entity_type(table: Table, served: list[Table]) -> str:
    keys = "".join(f"<PropertyRef Name={quoteattr(key)}/>" for key in table.all_keys)
    lines = [f'   <EntityType Name={quoteattr(table.name)} OpenType="true">', f"    <Key>{keys}</Key>"]
    for name, kind in [*table.columns.items(), *((name, "s") for name in CUSTOM.get(table.name, ()))]:
        scale = ' Scale="5"' if kind == "d" else ""
        length = f' MaxLength="{table.lengths[name]}"' if name in table.lengths else ""
        null = ' Nullable="false"' if name in table.all_keys else ""
        lines.append(f'    <Property Name={quoteattr(name)} Type="{_TYPES[kind]}"{scale}{length}{null}/>')
    for child in CHILDREN[table.name]:
        if child in served:
            kind_of = f"Collection(Erp.{child.name})"
            lines.append(f'    <NavigationProperty Name={quoteattr(child.entity_set)} Type="{kind_of}"/>')
    return "\n".join([*lines, "   </EntityType>"])
