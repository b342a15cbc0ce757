"""The platform's memory: products and their modules."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from console.sandbox.database import Database
from console.sandbox.records import Module, Product, Tenant


class State:
    """Products and modules; what belongs together is done inside `Database.transaction`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reset(self) -> None:
        """Delete every product and module. Nonces stay, so that no old request can be replayed."""
        self._database.change("DELETE FROM product")

    def add_product(self, product: Product) -> None:
        """Store a new product; sqlite3.IntegrityError when its name or key is taken."""
        self._insert("product", asdict(product))

    def find_product(self, tenant: Tenant, product_key: str) -> Product | None:
        """Return the tenant's product of this key."""
        where = "platform = ? AND instance = ? AND product_key = ?"
        rows = self._products(where, tenant.platform, tenant.instance, product_key)
        return rows[0] if rows else None

    def get_product(self, product_key: str) -> Product | None:
        """Return the product of this key, whoever's it is."""
        rows = self._products("product_key = ?", product_key)
        return rows[0] if rows else None

    def product_name_taken(self, tenant: Tenant, product_name: str, *, except_key: str = "") -> bool:
        """Tell whether another product of the tenant has this very name."""
        where = "platform = ? AND instance = ? AND product_name = ? AND product_key != ?"
        return bool(self._products(where, tenant.platform, tenant.instance, product_name, except_key))

    def count_products(self, tenant: Tenant, filters: Mapping[str, str]) -> int:
        """Return how many of the tenant's products equal the filters (column -> value)."""
        where, values = _filtered(tenant, filters)
        rows = self._database.select(f"SELECT count(*) FROM product WHERE {where}", *values)  # noqa: S608
        return int(rows[0][0])

    def page_products(self, tenant: Tenant, filters: Mapping[str, str], *, offset: int, size: int) -> list[Product]:
        """Return one page of the tenant's products, newest first."""
        where, values = _filtered(tenant, filters)
        return self._products(f"{where} ORDER BY id DESC LIMIT ? OFFSET ?", *values, size, offset)

    def all_products(self) -> list[Product]:
        """Return the products of all tenants, oldest first."""
        return self._products("1 ORDER BY id")

    def change_product(self, product_key: str, changes: Mapping[str, Any]) -> bool:
        """Set columns of a product; return False when there is none of this key."""
        return self._update("product", "product_key = ?", (product_key,), changes)

    def delete_product(self, product_key: str) -> bool:
        """Delete a product with its modules; return False when there is none of this key."""
        return self._database.change("DELETE FROM product WHERE product_key = ?", product_key) == 1

    def add_module(self, module: Module) -> None:
        """Store a new module; sqlite3.IntegrityError when its name is taken in any letter case."""
        self._insert("module", asdict(module))

    def find_module(self, product_key: str, module_name: str) -> Module | None:
        """Return the product's module of this name, whatever its letter case."""
        rows = self._modules("product_key = ? AND module_name = ?", product_key, module_name)
        return rows[0] if rows else None

    def modules_of(self, product_key: str) -> list[Module]:
        """Return a product's modules, oldest first."""
        return self._modules("product_key = ? ORDER BY id", product_key)

    def change_module(self, product_key: str, module_name: str, changes: Mapping[str, Any]) -> bool:
        """Set columns of a module; return False when there is none of this name."""
        where = "product_key = ? AND module_name = ?"
        return self._update("module", where, (product_key, module_name), changes)

    def delete_module(self, product_key: str, module_name: str) -> bool:
        """Delete a module; return False when there is none of this name."""
        statement = "DELETE FROM module WHERE product_key = ? AND module_name = ?"
        return self._database.change(statement, product_key, module_name) == 1

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        self._database.change(f"INSERT INTO {table} ({names}) VALUES ({marks})", *columns.values())  # noqa: S608

    def _update(self, table: str, where: str, key: tuple[str, ...], changes: Mapping[str, Any]) -> bool:
        if not changes:
            return True
        assignments = ", ".join(f"{column} = ?" for column in changes)
        statement = f"UPDATE {table} SET {assignments} WHERE {where}"  # noqa: S608
        return self._database.change(statement, *changes.values(), *key) == 1

    def _products(self, where: str, *values: Any) -> list[Product]:
        rows = self._database.select(f"SELECT * FROM product WHERE {where}", *values)  # noqa: S608
        return [Product(**_columns(row, id2=bool(row["id2"]))) for row in rows]

    def _modules(self, where: str, *values: Any) -> list[Module]:
        rows = self._database.select(f"SELECT * FROM module WHERE {where}", *values)  # noqa: S608
        return [Module(**_columns(row)) for row in rows]


def _columns(row: sqlite3.Row, **overrides: Any) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name != "id"} | overrides  # noqa: SIM118


def _filtered(tenant: Tenant, filters: Mapping[str, str]) -> tuple[str, list[str]]:
    columns = {"platform": tenant.platform, "instance": tenant.instance, **filters}
    return " AND ".join(f"{column} = ?" for column in columns), list(columns.values())
