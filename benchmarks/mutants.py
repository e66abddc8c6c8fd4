"""Small faults put into source code one at a time, to see whether a test notices: which faults, and where.

Each mutant changes one thing that means something: a comparison, a sign, a number, a condition, a value returned, an
argument by name, the name of a dimension or column, a statement that only checks. Words of messages, docstrings, types
and decorators are left alone, because no test of a formula should depend on them.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.MatMult: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
# Arguments that only guard or hurry: leaving them out changes no result.
_WITHOUT_MEANING = {"strict", "stacklevel"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Mutant:
    """One fault: the module, the line it stands on, what was changed, and the whole source with it."""

    module: str
    line: int
    what: str
    source: str


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of one module, in the order of its source."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        node.number = number  # type: ignore[attr-defined]
    for node in list(_reached(tree)):
        for what, change in _changes(node):
            made = copy.deepcopy(tree)
            twin = next(each for each in ast.walk(made) if each.number == node.number)  # type: ignore[attr-defined]
            change(twin)
            line = getattr(node, "lineno", 0)
            yield Mutant(module, line, what, ast.unparse(ast.fix_missing_locations(made)))


def _reached(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that may be changed: no types, decorators, docstrings, messages, imports or lists of public names."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Raise() | ast.JoinedStr() | ast.Assert():
            return
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.TypeAlias():
            return
        case ast.Assign(targets=[ast.Name()], value=ast.BinOp(op=ast.BitOr())):  # a type by another name
            return
        case ast.Call(func=ast.Name(id=name)) if name.endswith(("Error", "Issue", "overload", "TypeVar", "cast")):
            return
    yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _reached(child)


def _changes(node: ast.AST):  # type: ignore[no-untyped-def]
    """What is changed about one node, in words and as a function that does it to the node's twin."""
    yield from _other_operators(node)
    yield from _other_parts(node)


def _other_operators(node: ast.AST):  # type: ignore[no-untyped-def]
    match node:
        case ast.Compare(ops=[one, *_]) if type(one) in _COMPARE:
            new = _COMPARE[type(one)]
            yield f"{type(one).__name__} to {new.__name__}", lambda twin: twin.ops.__setitem__(0, new())
        case ast.BinOp() if type(node.op) in _ARITHMETIC and not _is_text(node.left) and not _is_text(node.right):
            other = _ARITHMETIC[type(node.op)]
            yield f"{type(node.op).__name__} to {other.__name__}", lambda twin: setattr(twin, "op", other())
        case ast.AugAssign() if type(node.op) in _ARITHMETIC:
            other = _ARITHMETIC[type(node.op)]
            yield f"{type(node.op).__name__} to {other.__name__}", lambda twin: setattr(twin, "op", other())
        case ast.BoolOp():
            swapped = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"to {swapped.__name__}", lambda twin: setattr(twin, "op", swapped())
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield f"without {type(node.op).__name__}", lambda twin: setattr(twin, "op", _nothing(twin))


def _other_parts(node: ast.AST):  # type: ignore[no-untyped-def]
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            yield "condition denied", lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))
        case ast.Constant(value=bool()):
            yield f"to {not node.value}", lambda twin: setattr(twin, "value", not twin.value)
        case ast.Constant(value=int() | float()):
            yield f"{node.value} to {node.value + 1}", lambda twin: setattr(twin, "value", twin.value + 1)
        case ast.Constant(value=str()) if _NAME.fullmatch(node.value):
            yield f"{node.value!r} changed", lambda twin: setattr(twin, "value", f"{twin.value}_x")
        case ast.Return(value=ast.AST()) if not isinstance(node.value, ast.Constant):
            yield "None returned", lambda twin: setattr(twin, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield "call left out", lambda twin: setattr(twin, "value", ast.Constant(None))
        case ast.Call() if node.keywords:
            for place, keyword in enumerate(node.keywords):
                if keyword.arg and keyword.arg not in _WITHOUT_MEANING:
                    yield f"without {keyword.arg}=", lambda twin, place=place: twin.keywords.pop(place)


def _nothing(twin: ast.UnaryOp) -> ast.unaryop:
    """Plus for minus; `not` twice for `not`, which keeps it a truth value."""
    if isinstance(twin.op, ast.USub):
        return ast.UAdd()
    twin.operand = ast.UnaryOp(ast.Not(), twin.operand)
    return ast.Not()


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
