"""Tables, their indexes, variants and views in generated programs, as source text."""

from __future__ import annotations

from dataclasses import replace

from tests.strategies.declaration_text import DeclarationWriter
from tests.strategies.module_text import Choices, ModuleText
from tests.strategies.type_text import DOCS, Declared

_TABLES = (("User", "users"), ("Message", "messages"), ("Tâche", "to_do"), ("Event", "e1"))


def write_schema(choices: Choices, known: list[Declared]) -> tuple[list[ModuleText], list[Declared]]:
    """The modules of the schema, and the tables as other modules may name them."""
    tables = choices.some(_TABLES, 1, 3)
    if not choices.seldom(3):
        module = ModuleText(choices, "schema")
        writer = SchemaWriter(module, known)
        for class_name, table in tables:
            writer.table(class_name, table)
        return [module], writer.declared
    package = ModuleText(choices, "schema", is_package=True)
    package.doc = choices.one(DOCS)
    modules = [package]
    declared: list[Declared] = []  # as the modules of the package know them: it is not yet whole when they run
    shown: list[Declared] = []
    for number, (class_name, table) in enumerate(tables):
        module = ModuleText(choices, f"schema.part{number}")
        writer = SchemaWriter(module, known + declared)
        writer.table(class_name, table)
        modules.append(module)
        for each in writer.declared:
            package.reexport(module.name, each.name)
            declared.append(each)
            shown.append(each if choices.seldom(2) else replace(each, module="schema"))
    return modules, shown


class SchemaWriter(DeclarationWriter):
    """Writes tables of one module."""

    def table(self, name: str, table: str) -> None:
        """A table, perhaps with variants or with another table that extends it."""
        mixins = self.choices.some(self.models(), 0, 2)
        bases = [self.module.refer(each.module, each.name) for each in mixins]
        bases.append(self.types.outside("convexgen", "Table"))
        names = self.fields.names()
        lines = self.fields.class_body(self.position(), "model", names)
        lines += self._more_fields(name)
        inherited = [field for each in mixins for field in each.fields]
        lines += self._indexes(list(dict.fromkeys([*inherited, *names])))
        lines += self._special_indexes(names)
        deprecated = self.deprecated()
        self.class_(f"{name}({', '.join(bases)}, name={table!r})", lines, name, decorators=deprecated)
        declared = Declared(self.module.name, name, "table", fields=tuple(names), sealed=bool(deprecated))
        if not deprecated and self.choices.seldom():
            self._variants(declared)
        elif not deprecated and self.choices.seldom():
            self._extended(declared, f"{table}_more")
        self.declare(declared)

    def _more_fields(self, name: str) -> list[str]:
        id_ = self.types.outside("convexgen", "Id")
        own = f'parent: "{id_}[{name}] | None" = None'
        same = f"sibling: {id_}[{self.types.outside('typing', 'Self')}] | None = None"
        objects = [
            each for each in self.known if each.kind in ("model", "object") and each.fields and not each.parameters
        ]
        lines = self.choices.some((own, same), 0, 1)
        if objects and self.choices.seldom(2):
            inner = self.choices.one(objects)
            text = self.module.refer(inner.module, inner.name)
            path = f"profile_of.{self.choices.one(inner.fields)}"
            lines += [f"profile_of: {text} | None = None", f"by_profile = {self._index('Index')}({path!r})"]
        return lines

    def _indexes(self, names: list[str]) -> list[str]:
        if not names:
            return []
        lines: list[str] = []
        seen: set[tuple[str, ...]] = set()
        for number in range(self.choices.number(0, 2)):
            fields = tuple(self.choices.some(names, 1, 3))
            if fields not in seen:
                seen.add(fields)
                given = f", name='by{number}'" if self.choices.seldom() else ""
                lines.append(f"by_{number} = {self._index('Index')}({', '.join(map(repr, fields))}{given})")
        return lines

    def _special_indexes(self, names: list[str]) -> list[str]:
        filters = f", filter_fields={self.choices.some(names, 0, 2)!r}" if self.choices.seldom(2) else ""
        lines: list[str] = []
        if self.choices.seldom(3):
            lines += ["body: str", f"search_body = {self._index('SearchIndex')}('body'{filters})"]
        if self.choices.seldom(3):
            lines += [
                "embedding: list[float]",
                f"by_vector = {self._index('VectorIndex')}('embedding', dimensions=1536{filters})",
            ]
        return lines

    def _index(self, kind: str) -> str:
        return self.types.outside("convexgen", kind)

    def _variants(self, table: Declared) -> None:
        for number in range(self.choices.number(1, 2)):
            name = f"{table.name}Variant{number}"
            base = self.module.refer(table.module, table.name)
            names = self.fields.names(2, (*table.fields, "kind"))
            literal = self.types.outside("typing", "Literal")
            lines = [f"tag: {literal}[{name!r}]", *self.fields.class_body(self.position(), "model", names)]
            self.class_(f"{name}({base}, variant=True)", lines, name)
            self.declare(Declared(self.module.name, name, "variant", fields=(*table.fields, "tag", *names)))

    def _extended(self, table: Declared, name: str) -> None:
        class_name = f"{table.name}More"
        base = self.module.refer(table.module, table.name)
        lines = self.fields.class_body(self.position(), "model", self.fields.names(2, table.fields))
        self.class_(f"{class_name}({base}, name={name!r})", lines, class_name)
        self.declare(Declared(self.module.name, class_name, "table"))


def write_views(module: ModuleText, known: list[Declared]) -> list[Declared]:
    """Views, and objects that hold whole documents."""
    writer = DeclarationWriter(module, known)
    tables = [each for each in known if each.kind in ("table", "variant") and not each.sealed]
    for number, table in enumerate(module.choices.some(tables, 1, 2)):
        source = module.refer(table.module, table.name)
        view = writer.types.outside("convexgen", "View")
        name = f"Shown{number}"
        heads = [f"{name}({source}, view=True)", f"{name}({view}[{source}])"]
        head = module.choices.one(heads if table.kind == "table" else heads[:1])
        position = writer.position()
        position.documents = module.choices.seldom(2)
        lines = writer.fields.class_body(position, "model", writer.fields.names(2, table.fields))
        writer.class_(head, lines, name)
        writer.declare(Declared(module.name, name, "view"))
    return writer.declared
