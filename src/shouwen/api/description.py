"""OpenAPI 3.1 (接口说明) with what the library leaves out: scopes, problems, headers, and the messages of webhooks."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from shouwen.api.problems import BY_STATUS, CATALOGUE, MEDIA_TYPE
from shouwen.api.schemas import Fault, Message, Problem, Told
from shouwen.api.tokens import Bearer

REF = "#/components/schemas/{model}"
ABOUT = """
Read and record what happens to matters, by the regulations in force.

- **Instants** carry an offset (RFC 3339); those of a matter stand in the zone of its unit. A due instant may be null:
  no limit, or paused. **Sums** are strings of yuan with two decimals. **Sizes** are bytes.
- **Who sees what**: an integration acts as a person of its own; what that person's posts see is what it sees. What it
  may not see is a 404.
- **Pages** go by cursor: follow `next` until it is null.
- **Idempotency-Key**: the same key with the same body is done once and answered alike.
- **Errors** are problem details (RFC 9457) in the language of `Accept-Language` (zh or en).
""".strip()
TAGS = {
    "matters": "Matters and their journals: found, read, what may come next.",
    "recording": "Intake, acts, facts: through the same gates and powers as at the desk.",
    "duties": "What is owed, by whom, by when, and how that was computed.",
    "files": "Attachments.",
    "customers": "Customers and homes; masked, unless a reason is given.",
    "organisation": "Units, posts, and who holds them.",
    "policies": "The regulations in force: clauses, rules, figures.",
    "calendars": "Days and service hours of a unit.",
    "webhooks": "Subscriptions and the log of their deliveries.",
    "token": "The token itself.",
}
IN_PATHS = {
    "matter": "Id of the matter",
    "event": "Name of the event",
    "duty": "Id of the duty",
    "attachment": "Id of the file",
    "customer": "Id of the customer",
    "asset": "Id of the home",
    "unit": "Id of the unit",
    "post": "Id of the post",
    "version": "Id of the version of the policy",
    "clause": "Id of the clause, slashes and all",
    "year": "The year",
    "webhook": "Id of the webhook",
    "delivery": "Id of the delivery",
}
HEADERS = {
    "RateLimit-Limit": {"description": "Calls a minute", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Calls left in this minute", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until the count begins anew", "schema": {"type": "integer"}},
    "ETag": {"description": "Number of the last entry, for `If-Match`", "schema": {"type": "string"}},
    "Location": {"description": "Address of the matter", "schema": {"type": "string", "format": "uri-reference"}},
    "Idempotent-Replayed": {
        "description": "The call was done before, under the same key; this is what it was answered",
        "schema": {"type": "string", "const": "true"},
    },
}
COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
SIGNED = {
    "webhook-id": "Names the message; the same each time that it is sent",
    "webhook-timestamp": "Seconds since 1970 when it was sent",
    "webhook-signature": "`v1,` and base64 of HMAC-SHA256, one for each secret that holds, with spaces between",
}


def headers(*names: str) -> dict[str, Any]:
    """References to headers that an answer has."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


class Description(OpenAPISchema):
    """The whole description."""

    def __init__(self, api: Any, path_prefix: str) -> None:
        super().__init__(api, path_prefix)
        self["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
        self["webhooks"] = {"told": {"post": _told()}}

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        found = super().operation_security(operation)
        scopes = [one.scope.value for one in operation.auth_callbacks if isinstance(one, Bearer) and one.scope]
        return [{name: scopes} for one in found for name in one] if found else None

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = super().operation_details(operation)
        parameters = found.get("parameters", [])
        for one in parameters:
            if one["in"] == "path":
                one["description"] = IN_PATHS[one["name"]]
        keyed = any(one["name"] == "Idempotency-Key" for one in parameters)
        found["responses"] = {str(status): one for status, one in found["responses"].items()}
        for status, one in found["responses"].items():
            # What was tried dry is not repeated.
            repeated = ("Idempotent-Replayed",) if keyed and (status == "201" or len(found["responses"]) == 1) else ()
            one["headers"] = headers(*COUNTED, *repeated) | one.get("headers", {})
        for status in _statuses(operation, body="requestBody" in found):
            found["responses"][status] = {"$ref": f"#/components/responses/{status}"}
        return found

    def get_components(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_components()
        for model in (Problem, Fault, Message, Told):
            schema = model.model_json_schema(ref_template=REF)
            schema.pop("$defs", None)
            found["schemas"][model.__name__] = schema
        found["responses"] = {str(status): _response(status) for status in BY_STATUS}
        found["headers"] = HEADERS
        return found


def _statuses(operation: Operation, *, body: bool) -> list[str]:
    """What an operation may answer besides its own."""
    found = [400, 401, 403, 404, 422, 429, 500, 507]
    if body:
        found += [409, 413, 415]
    return [str(status) for status in sorted(found)]


def _response(status: int) -> dict[str, Any]:
    kinds = [kind for kind in CATALOGUE.values() if kind.status == status]
    found: dict[str, Any] = {
        "description": "Problem: " + ", ".join(f"`{kind.slug}`" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        found["headers"] = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
    return found


def _told() -> dict[str, Any]:
    """What the house itself sends to the address of a webhook."""
    return {
        "operationId": "told",
        "summary": "An entry, or a ping",
        "description": "Sent at least once, in no promised order; what is not answered with 2xx within ten seconds is "
        "sent again.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            {"in": "header", "name": name, "required": True, "description": said, "schema": {"type": "string"}}
            for name, said in SIGNED.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}},
        },
        "responses": {"2XX": {"description": "Taken; nothing of it is read but its beginning, for the log"}},
    }
