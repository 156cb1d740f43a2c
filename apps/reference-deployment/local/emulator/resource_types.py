"""How the launcher adds or corrects a resource type, and the list of all: `RESOURCE_TYPES`, with which the README's table is compared."""

import functools
from dataclasses import dataclass

from ministack.services.cloudformation import provisioners, stacks

from emulator.api import call, unique

VIA_API = "via API"
CORRECTED = "corrected"
RECORDED = "recorded only"

HANDLERS = provisioners._RESOURCE_HANDLERS


@dataclass(frozen=True)
class ResourceType:
    """One row of the README's table."""

    type: str
    kind: str
    note: str


RESOURCE_TYPES: list[ResourceType] = []


def added(type_, service, create, delete=lambda api, ref, properties: None, *, note, kind=VIA_API):
    """A type that MiniStack lacks. `create(api, properties, name)` returns (Ref, {attribute: value}); an update is delete and create."""
    if type_ in HANDLERS:
        raise SystemExit(
            f"{type_}: this MiniStack has the type itself. Next step: remove it from emulator/added_types.py."
        )
    api = functools.partial(call, service)

    def update(ref, old, new, stack, logical_id=None):
        delete(api, ref, old)
        return create(api, new, unique(stack, logical_id))

    HANDLERS[type_] = {
        "create": lambda logical_id, properties, stack: create(api, properties, unique(stack, logical_id)),
        "update": update,
        "update_with_logical_id": True,
        "delete": lambda ref, properties: delete(api, ref, properties),
    }
    RESOURCE_TYPES.append(ResourceType(type_, kind, note))


def recorded(type_, ref, *, note, **attributes):
    """A type without any API behind it: the stack goes on, nothing is emulated."""
    added(
        type_,
        "sts",
        lambda api, p, name: (ref(p, name), {k: f(p, name) for k, f in attributes.items()}),
        note=note,
        kind=RECORDED,
    )


def corrected(type_, *, note, properties=lambda p: p, create=None, update=None, delete=None):
    """A type that MiniStack has, but wrong: change the properties that its handler sees, or put a step around the handler."""
    native = dict(HANDLERS[type_])

    def create_(logical_id, p, stack):
        def run():
            return native["create"](logical_id, properties(p), stack)

        return create(run, properties(p), stack, logical_id) if create else run()

    def update_(ref, old, new, stack, logical_id=None):
        def run(ref=ref):
            last = [logical_id] if native.get("update_with_logical_id") else []
            return native["update"](ref, properties(old), properties(new), stack, *last)

        return update(run, ref, properties(new)) if update else run()

    def delete_(ref, p):
        def run(ref=ref):
            return native["delete"](ref, p)

        return delete(run, ref, p) if delete else run()

    HANDLERS[type_] = {
        **native,
        "create": create_,
        "update": update_,
        "update_with_logical_id": True,
        "delete": delete_,
    }
    RESOURCE_TYPES.append(ResourceType(type_, CORRECTED, note))


def runs_on_worker_thread(type_, native=stacks._runs_on_worker_thread):
    """Our handlers call back over HTTP, so they must not block the event loop."""
    return native(type_) or any(known.type == type_ for known in RESOURCE_TYPES)
