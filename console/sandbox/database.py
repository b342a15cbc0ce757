"""The sandbox's SQLite file: one connection behind one lock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"


class Database:
    """The open file. Statements run one at a time, whatever thread they come from."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.executescript(f"{PRAGMAS} {SCHEMA}")
        except sqlite3.Error:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and commit everything done inside, or nothing."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def select(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def change(self, statement: str, *values: Any) -> int:
        """Run a statement and return how many rows it changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount
