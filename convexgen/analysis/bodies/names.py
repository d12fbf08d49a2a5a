"""What names at module level and annotations stand for in a body: the same in all of a module, and found out once."""

from __future__ import annotations

from convexgen.analysis.bodies.shapes import Shapes
from convexgen.analysis.bodies.values import Document, FunctionValue, Many, Outer, Plain, TableClass, Value
from convexgen.analysis.classes import class_of, kind_of
from convexgen.analysis.functions import role_of
from convexgen.analysis.read import unquoted
from convexgen.analysis.resolve import Declared, External, Meaning
from convexgen.analysis.syntax import ConstantExpr, Expr, FunctionSyntax, OrExpr, SubscriptExpr


class Names:
    """The names of one program, looked up when a body asks."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.program = shapes.program
        self._known: dict[tuple[str, str], Value | None] = {}

    def named(self, module: str, name: str) -> Value | None:
        """What `name` is at the top level of `module`."""
        key = module, name
        if key not in self._known:
            self._known[key] = self.meant(self.program.lookup(module, name))
        return self._known[key]

    def annotated(self, module: str, annotation: Expr) -> Value | None:
        """A value of which the type is known, by an annotation that stands in `module`."""
        annotation = unquoted(annotation)
        if isinstance(annotation, OrExpr):
            sides = [unquoted(annotation.left), unquoted(annotation.right)]
            given = [side for side in sides if not (isinstance(side, ConstantExpr) and side.value is None)]
            if len(given) == 1:
                found = self.annotated(module, given[0])
                if isinstance(found, Document):
                    return found
        if isinstance(annotation, SubscriptExpr):
            meaning = self.program.meaning(module, annotation.value)
            if meaning == External("builtins.list") and len(annotation.items) == 1:
                item = self.annotated(module, annotation.items[0])
                return Many(item) if isinstance(item, Document) else None
        meant = self.meant(self.program.meaning(module, annotation))
        if isinstance(meant, TableClass):
            return Document(meant.table, meant.role, meant.name)
        kinds = self.shapes.kinds(module, annotation)
        return None if kinds is None else Plain(kinds)

    def meant(self, meaning: Meaning | None) -> Value | None:
        """What a name is that was looked up."""
        if isinstance(meaning, External):
            system = self.shapes.system(meaning.name)
            return TableClass(system, "table", system.name) if system is not None else Outer(meaning.name)
        if not isinstance(meaning, Declared):
            return None
        if isinstance(meaning.syntax, FunctionSyntax):
            role = role_of(self.program, meaning.module, meaning.syntax)
            body = self.program.modules[meaning.module].functions.get(meaning.syntax.place)
            return FunctionValue(meaning, role, body)
        ref = class_of(meaning)
        shape = None if ref is None else self.shapes.of_class(ref)
        if ref is None or shape is None:
            return None
        return TableClass(shape, kind_of(self.program, ref), ref.syntax.name)
