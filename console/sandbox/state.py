"""The platform's memory: products, modules and seen nonces in one SQLite file, behind one lock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from console.sandbox.records import Module, Product, Tenant

SCHEMA = """
CREATE TABLE IF NOT EXISTS product (
    id INTEGER PRIMARY KEY, platform TEXT NOT NULL, instance TEXT NOT NULL,
    product_key TEXT NOT NULL UNIQUE, product_secret TEXT NOT NULL, product_name TEXT NOT NULL,
    node_type INTEGER NOT NULL, aliyun_commodity_code TEXT NOT NULL, auth_type TEXT NOT NULL,
    id2 INTEGER NOT NULL, validate_type INTEGER NOT NULL, created_ms INTEGER NOT NULL,
    data_format INTEGER, description TEXT, protocol_type TEXT, net_type TEXT, join_permission_id TEXT,
    resource_group_id TEXT, category_key TEXT, product_status TEXT NOT NULL, device_count INTEGER NOT NULL,
    UNIQUE (platform, instance, product_name)
);
CREATE TABLE IF NOT EXISTS module (
    id INTEGER PRIMARY KEY,
    product_key TEXT NOT NULL REFERENCES product (product_key) ON DELETE CASCADE,
    module_name TEXT NOT NULL COLLATE NOCASE, created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL,
    alias_name TEXT, desc TEXT, firmware_count INTEGER NOT NULL,
    UNIQUE (product_key, module_name)
);
CREATE TABLE IF NOT EXISTS nonce (
    owner TEXT NOT NULL, nonce TEXT NOT NULL, seen_s INTEGER NOT NULL,
    PRIMARY KEY (owner, nonce)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonce_seen ON nonce (seen_s);
"""
# A time stamp may lie 15 minutes ahead, so its request is acceptable for 30 minutes from now.
NONCE_MEMORY_S = 1800
PURGE_EVERY = 1000


class State:
    """The store. Every method takes the lock; `transaction` holds it over several of them."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._remembered = 0
        self._db.executescript(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; {SCHEMA}"
        )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything done inside, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def reset(self) -> None:
        """Delete every product and module. Nonces stay, so that no old request can be replayed."""
        self._run("DELETE FROM product")

    def remember_nonce(self, owner: str, nonce: str, now_s: int) -> bool:
        """Store a nonce for its owner; return False when it was there already."""
        with self._lock:
            self._remembered += 1
            if self._remembered % PURGE_EVERY == 0:
                self._run("DELETE FROM nonce WHERE seen_s < ?", now_s - NONCE_MEMORY_S)
            added = self._run("INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)", owner, nonce, now_s)
            return added.rowcount == 1

    def add_product(self, product: Product) -> None:
        """Store a new product; sqlite3.IntegrityError when its name or key is taken."""
        self._insert("product", asdict(product))

    def find_product(self, tenant: Tenant, product_key: str) -> Product | None:
        """Return the tenant's product of this key."""
        where = "platform = ? AND instance = ? AND product_key = ?"
        rows = self._products(where, tenant.platform, tenant.instance, product_key)
        return rows[0] if rows else None

    def product_name_taken(self, tenant: Tenant, product_name: str, *, except_key: str = "") -> bool:
        """Tell whether another product of the tenant has this very name."""
        where = "platform = ? AND instance = ? AND product_name = ? AND product_key != ?"
        return bool(self._products(where, tenant.platform, tenant.instance, product_name, except_key))

    def count_products(self, tenant: Tenant, filters: Mapping[str, str]) -> int:
        """Return how many of the tenant's products equal the filters (column -> value)."""
        where, values = _filtered(tenant, filters)
        row = self._run(f"SELECT count(*) FROM product WHERE {where}", *values).fetchone()  # noqa: S608
        return int(row[0])

    def page_products(
        self, tenant: Tenant, filters: Mapping[str, str], *, offset: int, size: int
    ) -> list[Product]:
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
        return self._run("DELETE FROM product WHERE product_key = ?", product_key).rowcount == 1

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
        return self._run(statement, product_key, module_name).rowcount == 1

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        with self._lock:
            return self._db.execute(statement, values)

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        self._run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *columns.values())  # noqa: S608

    def _update(self, table: str, where: str, key: tuple[str, ...], changes: Mapping[str, Any]) -> bool:
        if not changes:
            return True
        assignments = ", ".join(f"{column} = ?" for column in changes)
        statement = f"UPDATE {table} SET {assignments} WHERE {where}"  # noqa: S608
        return self._run(statement, *changes.values(), *key).rowcount == 1

    def _products(self, where: str, *values: Any) -> list[Product]:
        with self._lock:
            rows = self._run(f"SELECT * FROM product WHERE {where}", *values).fetchall()  # noqa: S608
        return [Product(**_columns(row, id2=bool(row["id2"]))) for row in rows]

    def _modules(self, where: str, *values: Any) -> list[Module]:
        with self._lock:
            rows = self._run(f"SELECT * FROM module WHERE {where}", *values).fetchall()  # noqa: S608
        return [Module(**_columns(row)) for row in rows]


def _columns(row: sqlite3.Row, **overrides: Any) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name != "id"} | overrides  # noqa: SIM118


def _filtered(tenant: Tenant, filters: Mapping[str, str]) -> tuple[str, list[str]]:
    columns = {"platform": tenant.platform, "instance": tenant.instance, **filters}
    return " AND ".join(f"{column} = ?" for column in columns), list(columns.values())
