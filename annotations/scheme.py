"""The annotation scheme as a value: types, relations, attributes and what may link to what, read from `scheme.yaml`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from rasad.annotations.errors import SchemeMismatch

SAME_AS = "SAME_AS"


@dataclass(frozen=True, slots=True)
class RelationType:
    """A relation: the types its ends may have, and whether both must stand in one paragraph."""

    name: str
    heads: frozenset[str]
    tails: frozenset[str]
    same_paragraph: bool


@dataclass(frozen=True)
class Scheme:
    """The labels of a version of the scheme, in their fixed order.

    `attributes` maps each attribute of events to its values, the default first. `raw` is the data it was read from;
    it holds the names, definitions and neighbours in other schemes.
    """

    version: str
    entities: tuple[str, ...]
    events: tuple[str, ...]
    relations: tuple[RelationType, ...]
    attributes: Mapping[str, tuple[str, ...]]
    coreferent: frozenset[tuple[str, str]]
    raw: Mapping[str, Any]

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Scheme:
        """Build a scheme from the data of `scheme.yaml`, or from what `to_dict` made of it."""
        raw = {**raw, **_in_order(raw)}
        entities, events = tuple(raw["entities"]), tuple(raw["events"])
        groups = {"entity": entities, "event": events, "any": entities + events}
        relations = tuple(
            RelationType(
                name,
                _expand(row["heads"], groups),
                _expand(row["tails"], groups),
                row["scope"] == "paragraph",
            )
            for name, row in raw["relations"].items()
        )
        never = set(raw["same_as"]["never"])
        pairs = {(t, t) for t in groups["any"] if t not in never}
        for row in raw["same_as"]["across"]:
            pairs |= {(a, b) for a in row for b in row}
        attributes = {name: tuple(values) for name, values in raw["attributes"].items()}
        return cls(str(raw["version"]), entities, events, relations, attributes, frozenset(pairs), raw)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` reads back even where the keys were sorted on the way.

        The order of labels is that of a model's outputs, and transformers sorts the keys of a configuration.
        """
        order: dict[str, Any] = {
            name: list(self.raw[name]) for name in ("entities", "events", "relations", "attributes")
        }
        order["values"] = {name: list(values) for name, values in self.attributes.items()}
        return {**self.raw, "order": order}

    @property
    def types(self) -> tuple[str, ...]:
        """All span types, entities first."""
        return self.entities + self.events

    @functools.cached_property
    def relation(self) -> dict[str, RelationType]:
        """Relation types by name."""
        return {r.name: r for r in self.relations}

    def is_event(self, span_type: str) -> bool:
        """Say whether spans of this type are triggers."""
        return span_type in self.events

    def allows(self, head_type: str, relation: str, tail_type: str) -> bool:
        """Say whether the scheme lets spans of these types stand in this relation."""
        if relation == SAME_AS:
            return (head_type, tail_type) in self.coreferent
        row = self.relation[relation]
        return head_type in row.heads and tail_type in row.tails

    def default(self, attribute: str) -> str:
        """Return the value of an attribute that is not written."""
        return self.attributes[attribute][0]

    def name(self, label: str, lang: str) -> str:
        """Return the name of a type, relation or attribute value in Arabic (`ar`) or English (`en`)."""
        for table in (
            self.raw["entities"],
            self.raw["events"],
            self.raw["relations"],
            *self.raw["attributes"].values(),
        ):
            if label in table:
                return str(table[label][lang])
        raise KeyError(label)

    def require_same(self, other: Scheme, where: str) -> None:
        """Refuse a checkpoint or corpus whose labels differ.

        Raises:
            SchemeMismatch: naming both versions and the labels that only one of them has.
        """
        mine, theirs = set(self.labels()), set(other.labels())
        if self.version != other.version or mine != theirs:
            raise SchemeMismatch(
                f"{where}: made under scheme {other.version}, this is {self.version}; "
                f"only there: {sorted(theirs - mine) or 'nothing'}; only here: {sorted(mine - theirs) or 'nothing'}"
            )

    def labels(self) -> Iterable[str]:
        """Yield every label, in the order that the outputs of a model have."""
        yield from self.types
        yield from (r.name for r in self.relations)
        yield from (value for values in self.attributes.values() for value in values)


def _in_order(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of labels in the order that `to_dict` wrote down, or as they come."""
    order = raw.get("order")
    if order is None:
        return {}
    tables = {name: {label: raw[name][label] for label in order[name]} for name in ("entities", "events", "relations")}
    tables["attributes"] = {
        name: {value: raw["attributes"][name][value] for value in order["values"][name]} for name in order["attributes"]
    }
    return tables


def _expand(row: Iterable[str], groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Turn `[entity, -TIME]` into the set of type names it stands for."""
    found: set[str] = set()
    for item in row:
        if item.startswith("-"):
            found.discard(item[1:])
        else:
            found.update(groups.get(item, (item,)))
    return frozenset(found)


@functools.cache
def default_scheme() -> Scheme:
    """Return the scheme that this version of rasad ships."""
    import yaml

    return Scheme.from_dict(
        yaml.safe_load(resources.files("rasad.annotations").joinpath("scheme.yaml").read_text("utf-8"))
    )
