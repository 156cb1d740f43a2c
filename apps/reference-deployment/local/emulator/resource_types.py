"""How the launcher adds or corrects a resource type, and the list of all: `RESOURCE_TYPES`, with which the README's table is compared."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ministack.services.cloudformation import provisioners, stacks

from emulator.api import Properties, call, unique

VIA_API = "via API"
CORRECTED = "corrected"
RECORDED = "recorded only"

HANDLERS: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS

# What `Ref` returns, and what `Fn::GetAtt` returns by name.
Made = tuple[str, dict[str, Any]]
# One call of a service: its operation, a resource's properties, further arguments.
Api = Callable[..., Properties]
# MiniStack's own handler, with its arguments bound. That of update and delete takes another Ref than the stack's.
Run = Callable[..., Any]


class Create(Protocol):
    """A step around MiniStack's creation of a resource."""

    def __call__(self, run: Run, p: Properties, stack: str, logical_id: str, /) -> Made: ...


class Change(Protocol):
    """A step around MiniStack's update or deletion of a resource."""

    def __call__(self, run: Run, ref: str, p: Properties, /) -> Any: ...


@dataclass(frozen=True)
class ResourceType:
    """One row of the README's table."""

    type: str
    kind: str
    note: str


RESOURCE_TYPES: list[ResourceType] = []


def added(
    type_: str,
    service: str,
    create: Callable[[Api, Properties, str], Made],
    delete: Callable[[Api, str, Properties], object] = lambda api, ref, p: None,
    *,
    note: str,
    kind: str = VIA_API,
) -> None:
    """A type that MiniStack lacks. `create(api, properties, name)` returns (Ref, {attribute: value}); an update is delete and create."""
    if type_ in HANDLERS:
        raise SystemExit(
            f"{type_}: this MiniStack has the type itself. Next step: remove it from emulator/added_types.py."
        )
    api = functools.partial(call, service)

    def update(ref: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None) -> Made:
        delete(api, ref, old)
        return create(api, new, unique(stack, logical_id))

    HANDLERS[type_] = {
        "create": lambda logical_id, p, stack: create(api, p, unique(stack, logical_id)),
        "update": update,
        "update_with_logical_id": True,
        "delete": lambda ref, p: delete(api, ref, p),
    }
    RESOURCE_TYPES.append(ResourceType(type_, kind, note))


def recorded(
    type_: str,
    ref: Callable[[Properties, str], str],
    *,
    note: str,
    **attributes: Callable[[Properties, str], Any],
) -> None:
    """A type without any API behind it: the stack goes on, nothing is emulated."""

    def create(api: Api, p: Properties, name: str) -> Made:
        return ref(p, name), {key: value(p, name) for key, value in attributes.items()}

    added(type_, "sts", create, note=note, kind=RECORDED)


def corrected(
    type_: str,
    *,
    note: str,
    properties: Callable[[Properties], Properties] = lambda p: p,
    create: Create | None = None,
    update: Change | None = None,
    delete: Change | None = None,
) -> None:
    """A type that MiniStack has, but wrong: change the properties that its handler sees, or put a step around the handler."""
    native = dict(HANDLERS[type_])

    def create_(logical_id: str, p: Properties, stack: str) -> Made:
        def run() -> Made:
            return native["create"](logical_id, properties(p), stack)

        return create(run, properties(p), stack, logical_id) if create else run()

    def update_(ref: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None) -> Any:
        def run(ref: str = ref) -> Any:
            last = [logical_id] if native.get("update_with_logical_id") else []
            return native["update"](ref, properties(old), properties(new), stack, *last)

        return update(run, ref, properties(new)) if update else run()

    def delete_(ref: str, p: Properties) -> Any:
        def run(ref: str = ref) -> Any:
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


def runs_on_worker_thread(type_: str, native: Callable[[str], bool] = stacks._runs_on_worker_thread) -> bool:
    """Our handlers call back over HTTP, so they must not block the event loop."""
    return native(type_) or any(known.type == type_ for known in RESOURCE_TYPES)
