"""The vendors' own documents, where they stand beside the project: what is sent is held to them.

Of Notion's, requests and events can be trusted; what it says of answers, none of them meets.
"""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

ROOT: Final = Path(__file__).resolve().parents[2]
PAPERS: Final = ROOT.parent / "shared" / "openapi"
NOTION: Final = "notion-openapi-2026-03-15.json"


@cache
def document(name: str) -> Any:
    """A vendor's document, None where it is not there."""
    path = PAPERS / name
    return json.loads(path.read_text()) if path.exists() else None


class NotionDocument:
    """Request bodies and webhook payloads of Notion, by its document."""

    def __init__(self) -> None:
        self.paper = document(NOTION)
        self._made: dict[str, Any] = {}
        if self.paper is not None:
            self.paper = _with_options_of_a_status(deepcopy(self.paper))

    def faults_of_body(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a request; nothing where there is no document."""
        if self.paper is None:
            return []
        operation = self.paper["paths"][path][method.lower()]
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        return [] if schema is None else self._faults(f"{method} {path}", schema, body)

    def faults_of_event(self, payload: Any) -> list[str]:
        """What is wrong with what it sends by itself."""
        if self.paper is None:
            return []
        first, *rest = payload["type"].replace("_", ".").split(".")
        name = first + "".join(map(str.capitalize, rest))
        hook = self.paper["webhooks"][name]["post"]
        schema = hook["requestBody"]["content"]["application/json"]["schema"]
        return self._faults(name, schema, payload)

    def _faults(self, key: str, schema: Any, value: Any) -> list[str]:
        if key not in self._made:
            whole = {**schema, "components": self.paper["components"]}
            self._made[key] = Draft202012Validator(whole)
        return [
            f"{one.json_path}: {one.message[:200]}" for one in self._made[key].iter_errors(value)
        ]


def _with_options_of_a_status(paper: Any) -> Any:
    """They can be set since 19 March 2026, four days after this edition."""
    loose = {"type": "object", "properties": {"options": {"type": "array", "maxItems": 100}}}
    schemas = paper["components"]["schemas"]
    schemas["statusPropertyConfigurationRequest"]["properties"]["status"] = loose
    change = paper["paths"]["/v1/data_sources/{data_source_id}"]["patch"]["requestBody"]
    change = change["content"]["application/json"]["schema"]["properties"]["properties"]
    for kind in change["additionalProperties"]["oneOf"][0]["allOf"][1]["oneOf"]:
        if "status" in kind["properties"]:
            kind["properties"]["status"] = loose
    return paper
