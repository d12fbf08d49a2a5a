"""What the statements of one function do: what they return, bind and ask, and whether they come to an end."""

from __future__ import annotations

import libcst as cst


def is_generator(function: cst.FunctionDef) -> bool:
    """Whether a function's own statements yield anything."""
    return Statements.of(function).yields


class Statements(cst.CSTVisitor):
    """What a function's own statements return, bind and ask, those of functions and classes inside of it left out.

    `bound` has the values and annotations by name; None stands for a value that is not known.
    """

    def __init__(self) -> None:
        super().__init__()
        self.returns: list[cst.Return] = []
        self.bound: dict[str, list[cst.CSTNode | None]] = {}
        self.tests: list[cst.CSTNode] = []
        self.yields = False

    @classmethod
    def of(cls, function: cst.FunctionDef) -> Statements:
        found = cls()
        function.body.visit(found)
        return found

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                self._bind(name, None)
                return False
            case cst.Lambda():
                return False
            case cst.Return():
                self.returns.append(node)
            case cst.Yield():
                self.yields = True
            case cst.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target.target, value if len(targets) == 1 else None)
            case cst.AnnAssign(target=target, annotation=annotation):
                self._bind(target, annotation)
            case cst.AugAssign(target=target) | cst.NamedExpr(target=target) | cst.For(target=target):
                self._bind(target, None)
            case cst.CompFor(target=target) | cst.AsName(name=target) | cst.Del(target=target):
                self._bind(target, None)
            case cst.ImportAlias():
                self._bind(cst.Name(node.evaluated_alias or node.evaluated_name), None)
            case cst.Match(subject=subject):
                self.tests.append(subject)
            case cst.If(test=test) | cst.IfExp(test=test) | cst.While(test=test) | cst.Assert(test=test):
                self.tests.append(test)
            case cst.BooleanOperation():
                self.tests.append(node)
        return True

    def _bind(self, target: cst.BaseExpression, value: cst.CSTNode | None) -> None:
        if isinstance(target, cst.Name):
            self.bound.setdefault(target.value, []).append(value)
        elif isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._bind(element.value, None)


def ends(block: cst.BaseSuite) -> bool | None:
    """Whether nothing behind this block is ever reached; None where that is hard to tell."""
    match block.body[-1] if block.body else None:
        case cst.SimpleStatementLine(body=[*_, cst.Return() | cst.Raise()]) | cst.Return() | cst.Raise():
            return True
        case cst.If() as branches:
            return _all_end(branches)
        case cst.While() | cst.With() | cst.Try() | cst.TryStar() | cst.Match():
            return None
    return False


def _all_end(branches: cst.If) -> bool | None:
    found = {ends(branches.body)}
    match branches.orelse:
        case cst.Else(body=body):
            found.add(ends(body))
        case cst.If() as others:
            found.add(_all_end(others))
        case None:
            found.add(False)
    return False if False in found else None if None in found else True
