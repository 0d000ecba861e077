"""Method calls: parameters in, `returnObj` and `parameters` out, and the methods that every service has alike.

Tablesets come as `ds`; rows say by RowMod what is to happen to them. Special methods register in `desk.METHODS`.
"""

from __future__ import annotations

from typing import Any

from connectors.library.epicor_kinetic.simulation.desk import METHODS, Desk
from connectors.library.epicor_kinetic.simulation.draft import Draft
from connectors.library.epicor_kinetic.simulation.filters import read_where
from connectors.library.epicor_kinetic.simulation.problems import (
    EpicorProblem,
    business,
    no_such_api,
    not_found,
    odata,
)
from connectors.library.epicor_kinetic.simulation.tables import CHILDREN, SERVICES, TABLES, Table
from connectors.library.epicor_kinetic.simulation.values import Row, coerce, shown
from connectors.library.epicor_kinetic.simulation.writing import delete, insert, new_row, update

READING = frozenset({"GetByID", "GetRows", "GetList", "GetByCustID"})
Tableset = dict[str, list[dict[str, Any]]]


def call(desk: Desk, service: str, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    special = METHODS.get((service, name))
    if special is not None:
        return special(desk, parameters)
    tables = [TABLES[table] for table in SERVICES[service]]
    if name.startswith("GetNew"):
        table = next((table for table in tables if table.name == name.removeprefix("GetNew")), None)
        if table is not None:
            return get_new(desk, table, parameters)
    general = _GENERAL.get(name)
    if general is None or not tables:
        raise no_such_api(f"The method {service}/{name}")
    return general(desk, service, parameters)


def answer(desk: Desk, *, returned: Any = None, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if returned is not None:
        found["returnObj"] = returned
    if parameters is not None:
        found["parameters"] = parameters
    return found


def tableset(parameters: dict[str, Any]) -> Tableset:
    """The `ds` of a call, as lists of rows by table; what is no table is left out."""
    given = parameters.get("ds")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise odata("The parameter 'ds' must be an object of tables.")
    found: Tableset = {}
    for name, rows in given.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise odata(f"The table '{name[:40]}' of 'ds' must be a list of rows.")
        if name in TABLES:
            found[name] = [dict(row) for row in rows]
    return found


def pending_row(ds: Tableset, table: str) -> dict[str, Any]:
    """The row of a table that a screen method works on: the last one that is added or changed."""
    rows = [row for row in ds.get(table, []) if row.get("RowMod") in ("A", "U")] or ds.get(table, [])
    if not rows:
        raise business(f"The tableset holds no {table} row.", table)
    return rows[-1]


def show(desk: Desk, table: str, row: Row) -> dict[str, Any]:
    kinds = TABLES[table].columns
    return {name: shown(value, kinds.get(name), desk.version) for name, value in row.items()}


def dataset(desk: Desk, table: Table, rows: list[Row]) -> Tableset:
    """Rows with all that they contain, as a tableset."""
    found: Tableset = {table.name: [show(desk, table.name, row) for row in rows]}
    for child in CHILDREN[table.name]:
        if table.name == "CashGrp":
            continue
        below = [row for above in rows for row in desk.book.children(child.name, above)]
        for name, shown_rows in dataset(desk, child, below).items():
            found.setdefault(name, []).extend(shown_rows)
    return found


def get_new(desk: Desk, table: Table, parameters: dict[str, Any]) -> dict[str, Any]:
    """A new row with its defaults, added to the tableset; nothing is kept."""
    ds = tableset(parameters)
    known = {key: parameters[_camel(key)] for key in table.keys if _camel(key) in parameters}
    row = new_row(desk, table, known)
    ds.setdefault(table.name, []).append({**show(desk, table.name, row), "RowMod": "A"})
    return answer(desk, parameters={"ds": ds})


def apply(desk: Desk, service: str, ds: Tableset) -> list[Row]:
    """Write what the tableset says; the main rows it touched."""
    touched: dict[str, Row] = {}
    parents: dict[str, Row] = {}
    for name in SERVICES[service]:
        table = TABLES[name]
        for row in ds.get(name, []):
            kept = _apply_row(desk, table, row, parents)
            if kept is not None:
                parents[name] = kept
                main = _main_of(desk, service, kept)
                if main is not None:
                    touched[main["SysRowID"]] = main
    return [desk.book.same(SERVICES[service][0], row) or row for row in touched.values()]


def _apply_row(desk: Desk, table: Table, row: dict[str, Any], parents: dict[str, Row]) -> Row | None:
    kind = row.get("RowMod") or ""
    if kind == "":
        return None
    if kind == "A":
        above = parents.get(table.of or "", {})
        keys = {key: above[key] for key in table.keys if key in above and not row.get(key)}
        return insert(desk, table, {**row, **keys})
    old = _old(desk, table, row)
    if kind == "D":
        delete(desk, table, old)
        return old
    if kind != "U":
        raise odata(f"RowMod '{str(kind)[:10]}' is not one of '', 'A', 'U', 'D'.")
    return update(desk, table, old, row)


def _old(desk: Desk, table: Table, row: dict[str, Any]) -> Row:
    row_id = row.get("SysRowID")
    old = desk.book.by_row_id(table.name, row_id) if isinstance(row_id, str) else None
    if old is None:
        keys = [coerce(key, table.columns[key], row.get(key)) for key in table.keys]
        old = desk.book.get(table.name, *keys)
    if old is None:
        raise not_found(f"The {table.name} row to change was not found.")
    return old


def _main_of(desk: Desk, service: str, row: Row) -> Row | None:
    main = TABLES[SERVICES[service][0]]
    return desk.book.same(main.name, row) if all(key in row for key in main.keys) else None


def _update(desk: Desk, service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    rows = apply(desk, service, tableset(parameters))
    return answer(desk, parameters={"ds": dataset(desk, TABLES[SERVICES[service][0]], rows)})


def _update_ext(desk: Desk, service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Row by row; what fails is told in BOUpdError with HTTP 200."""
    ds = tableset(parameters)
    parents: dict[str, Row] = {}
    problems = []
    kept: list[Row] = []
    for name in SERVICES[service]:
        for row in ds.get(name, []):
            draft = Draft(desk.store)
            try:
                saved = _apply_row(desk.over(draft), TABLES[name], row, parents)
            except EpicorProblem as problem:
                problems.append(_row_problem(name, row, problem))
                continue
            draft.commit()
            if saved is not None:
                parents[name] = saved
                kept += [main] if (main := _main_of(desk, service, saved)) is not None else []
    rows = list({row["SysRowID"]: row for row in kept}.values())
    out = {"ds": dataset(desk, TABLES[SERVICES[service][0]], rows), "errorsOccurred": bool(problems)}
    return answer(desk, returned={"BOUpdError": problems}, parameters=out)


def _row_problem(name: str, row: dict[str, Any], problem: EpicorProblem) -> dict[str, Any]:
    return {
        "TableName": name,
        "ErrorLevel": "Error",
        "ErrorType": problem.error_type,
        "ErrorText": problem.message,
        "FieldName": problem.field or "",
        "ErrorSysRowID": str(row.get("SysRowID") or ""),
    }


def _get_by_id(desk: Desk, service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    table = TABLES[SERVICES[service][0]]
    keys = [coerce(key, table.columns[key], parameters.get(_camel(key))) for key in table.keys]
    row = desk.book.get(table.name, *keys)
    if row is None:
        raise not_found()
    return answer(desk, returned=dataset(desk, table, [row]))


def _delete_by_id(desk: Desk, service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    table = TABLES[SERVICES[service][0]]
    keys = [coerce(key, table.columns[key], parameters.get(_camel(key))) for key in table.keys]
    row = desk.book.get(table.name, *keys)
    if row is None:
        raise not_found()
    delete(desk, table, row)
    return answer(desk)


def _get_rows(desk: Desk, service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    table = TABLES[SERVICES[service][0]]
    rows, more = _where_page(desk, table, parameters.get(f"whereClause{table.name}", ""), parameters)
    ds = dataset(desk, table, rows)
    for name in list(ds):
        where = parameters.get(f"whereClause{name}")
        if name != table.name and isinstance(where, str) and where.strip() == "1=0":
            ds[name] = []
    return answer(desk, returned=ds, parameters={"morePages": more})


def _get_list(desk: Desk, service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    table = TABLES[SERVICES[service][0]]
    rows, more = _where_page(desk, table, parameters.get("whereClause", ""), parameters)
    listed = {f"{table.name}List": [show(desk, table.name, row) for row in rows]}
    return answer(desk, returned=listed, parameters={"morePages": more})


def _where_page(desk: Desk, table: Table, where: Any, parameters: dict[str, Any]) -> tuple[list[Row], bool]:
    rows = desk.book.all(table.name)
    if not isinstance(where or "", str):
        raise odata("A where clause must be a text.")
    if (where or "").strip():
        condition = read_where(where, table)
        rows = [row for row in rows if condition.passes(row)]
    size = coerce("pageSize", "i", parameters.get("pageSize"))
    page = max(coerce("absolutePage", "i", parameters.get("absolutePage")), 1)
    if size <= 0:
        return rows, False
    return rows[(page - 1) * size : page * size], len(rows) > page * size


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]


_GENERAL = {
    "Update": _update,
    "UpdateExt": _update_ext,
    "GetByID": _get_by_id,
    "GetRows": _get_rows,
    "GetList": _get_list,
    "DeleteByID": _delete_by_id,
}
