"""The API as its own document tells it: what tests are generated from, never listed by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from flask import Flask

from tests.personas import answer

METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """A word that a caller fills in, in the ``path``, the ``query`` or the ``body``."""

    place: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} in {self.place}"


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    id: str
    method: str
    path: str
    told: Mapping[str, Any]
    schemas: Mapping[str, Any]

    def __str__(self) -> str:
        return self.id

    @cached_property
    def in_path(self) -> list[Parameter]:
        """The words of its address."""
        return [Parameter("path", part[1:-1]) for part in self.path.split("/") if part[:1] == "{"]

    @cached_property
    def ids(self) -> list[Parameter]:
        """Every place where it takes an id: all words of the address, and ids elsewhere."""
        in_query = [
            Parameter("query", parameter["name"])
            for parameter in self.told.get("parameters", ())
            if parameter["in"] == "query" and parameter["schema"].get("format") == "uuid"
        ]
        in_body = [
            Parameter("body", name)
            for name, schema in self.body_schema.get("properties", {}).items()
            if schema.get("format") == "uuid"
        ]
        return [*self.in_path, *in_query, *in_body]

    @cached_property
    def body_schema(self) -> dict[str, Any]:
        """What its body looks like; empty where it has none."""
        content = self.told.get("requestBody", {}).get("content", {})
        return self._resolved(content.get("application/json", {}).get("schema", {}))

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return dict(self.schemas[name]) if name else schema

    def a_body(self) -> dict[str, Any] | None:
        """The least body that its schema takes; None where it has none."""
        if "requestBody" not in self.told:
            return None
        least: dict[str, Any] = self._least(self.body_schema)
        return least

    def _least(self, schema: dict[str, Any]) -> Any:
        schema = self._resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
        if kind == "object":
            wanted = schema.get("required", ())
            return {name: self._least(schema["properties"][name]) for name in wanted}
        if kind == "array":
            return [self._least(schema["items"]) for _ in range(schema.get("minItems", 0))]
        formats = {
            "date": "2099-12-31",
            "date-time": "2099-12-31T00:00:00Z",
            "uri": "https://example.org/",
            "uuid": str(NOBODYS),
        }
        text = formats.get(schema.get("format", ""), "x")
        least = schema.get("minimum", 1)
        return {"string": text, "integer": least, "number": least, "boolean": False}[kind]


def document_of(app: Flask) -> dict[str, Any]:
    """The OpenAPI document that ``app`` serves."""
    return answer(app.test_client().get("/api/openapi.json"))


def operations_of(app: Flask) -> list[Operation]:
    """Every operation that ``app`` serves."""
    document = document_of(app)
    schemas = document["components"]["schemas"]
    return [
        Operation(told["operationId"], method.upper(), path, told, schemas)
        for path, item in document["paths"].items()
        for method, told in item.items()
        if method in METHODS
    ]


NOBODYS: Final = UUID("01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60")
"""An id that no database of the tests holds."""
