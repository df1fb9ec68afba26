"""Reading and checking an arithmetic formula over inputs a, b, c, …: it becomes a tree of plain data, never code.

A tree is a number, the name of an input, or a tuple of an operation and its operands:
"(1 - z) * h" -> ("multiply", ("subtract", 1.0, "z"), "h").
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graph_model.errors import EditError
from graph_model.parameters import Text

Tree = float | str | tuple[Any, ...]

LONGEST_FORMULA = 400
DEEPEST_FORMULA = 40
LARGEST_EXPONENT = 16
PI = "pi"

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.USub: "negate",
}
FUNCTIONS: dict[str, int] = {
    "exp": 1,
    "log": 1,
    "sqrt": 1,
    "abs": 1,
    "sin": 1,
    "cos": 1,
    "tanh": 1,
    "sigmoid": 1,
    "relu": 1,
    "softplus": 1,
    "erf": 1,
    "minimum": 2,
    "maximum": 2,
}
"""What a formula may call -> with how many operands."""

_ON_NUMBERS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: math.pow(a, b),
    "negate": lambda a: -a,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": lambda a: 0.5 * (1 + math.tanh(a / 2)),
    "relu": lambda a: max(a, 0.0),
    "softplus": lambda a: max(a, 0.0) + math.log1p(math.exp(-abs(a))),
    "erf": math.erf,
    "minimum": min,
    "maximum": max,
}
"""The same on numbers: what holds no input is worked out once, while the formula is read."""

_PIECE = re.compile(r"(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|\*\*|[-+*/(),]| +")
_SIGNS = str.maketrans({"−": "-", "·": "*", "×": "*", "⊙": "*", "÷": "/"})
"""Signs of print and what they mean in a formula; each is one character, so that positions stay."""


@dataclass(frozen=True)
class Formula:
    """A formula that was checked. `inputs`: the names that it uses, in the order of the alphabet."""

    text: str
    tree: tuple[Any, ...] | str
    inputs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FormulaText(Text):
    """The text of an arithmetic formula; a bad one is refused with what is not allowed and at which character."""

    def clean(self, value: Any) -> str:
        return read_formula(super().clean(value)).text

    def expected(self) -> str:
        return "a formula over inputs a, b, c, …, such as a * b"


@lru_cache(maxsize=1024)
def read_formula(text: str) -> Formula:
    """Check a formula and return its tree.

    Allowed are + − * / **, brackets, numbers, pi, inputs that are called by one small letter, and calls of FUNCTIONS.
    An exponent is a number within ±16. Raises EditError that says what is not allowed, and at which character.
    """
    cleaned = text.strip()
    if not cleaned:
        raise EditError("The formula is empty: write one over inputs a, b, c, …, such as a * b.")
    if len(cleaned) > LONGEST_FORMULA:
        raise EditError(f"The formula has {len(cleaned)} characters; {LONGEST_FORMULA} are the most.")
    plain = cleaned.translate(_SIGNS)
    _check_pieces(plain)
    try:
        parsed = ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        raise _misspelt(error) from None
    except (RecursionError, MemoryError, ValueError):
        raise EditError(f"The formula is nested deeper than {DEEPEST_FORMULA} levels; split it in two.") from None
    tree = _tree(parsed, 1)
    inputs = tuple(sorted(set(_names(tree))))
    if isinstance(tree, float) or not inputs:
        raise EditError("The formula uses no input: write at least one of a, b, c, …")
    return Formula(cleaned, tree, inputs)


def _refusal(what: str, place: int) -> EditError:
    return EditError(f"At character {place + 1} of the formula: {what}.")


def _misspelt(error: SyntaxError) -> EditError:
    if not error.offset:
        return EditError("The formula ends too early: something is missing after its last sign.")
    words = {"never closed": "this bracket is never closed", "unmatched": "this bracket was never opened"}
    for recognised, said in words.items():
        if recognised in error.msg:
            return _refusal(said, error.offset - 1)
    return _refusal("there is a sign missing before this, or one too many", error.offset - 1)


def _check_pieces(text: str) -> None:
    """Refuse what no formula consists of, before Python's own reader sees it."""
    place, depth, former = 0, 0, ""
    while place < len(text):
        piece = _PIECE.match(text, place)
        if piece is None:
            hint = "; a power is written **" if text[place] == "^" else ""
            raise _refusal(f"{text[place]!r} is not allowed{hint}", place)
        if piece["name"] and former == "number":
            raise _refusal(f"a sign is missing before '{piece['name']}'; a product is written with *", place)
        depth += {"(": 1, ")": -1}.get(piece.group(), 0)
        if depth > DEEPEST_FORMULA:
            raise _refusal(f"brackets are nested deeper than {DEEPEST_FORMULA} levels", place)
        former, place = piece.lastgroup or "", piece.end()


def _tree(node: ast.expr, depth: int) -> Tree:
    place = node.col_offset
    if depth > DEEPEST_FORMULA:
        raise _refusal(f"the formula is nested deeper than {DEEPEST_FORMULA} levels; split it in two", place)
    if isinstance(node, ast.Constant):
        return _number(node, place)
    if isinstance(node, ast.Name):
        return _name(node.id, place)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
        return _tree(node.operand, depth + 1)
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return _applied(OPERATORS[type(node.op)], [_tree(node.operand, depth + 1)], place)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        operands = [_tree(node.left, depth + 1), _tree(node.right, depth + 1)]
        if isinstance(node.op, ast.Pow):
            _check_exponent(operands[1], node.right.col_offset)
        return _applied(OPERATORS[type(node.op)], operands, place)
    if isinstance(node, ast.Call):
        return _call(node, depth, place)
    raise _refusal("only + - * / **, brackets, numbers, inputs and functions are allowed (exp, tanh, …)", place)


def _number(node: ast.Constant, place: int) -> float:
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
        raise _refusal(f"{node.value!r} is not a number", place)
    try:
        number = float(node.value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refusal("the number is too large", place)
    return number


def _name(name: str, place: int) -> Tree:
    if name == PI:
        return math.pi
    if name in FUNCTIONS:
        raise _refusal(f"'{name}' is a function: write {name}(…)", place)
    if len(name) != 1 or not "a" <= name <= "z":
        raise _refusal(f"'{name}' is no input; inputs are called by one small letter: a, b, c, …", place)
    return name


def _call(node: ast.Call, depth: int, place: int) -> Tree:
    known = ", ".join(FUNCTIONS)
    if not isinstance(node.func, ast.Name):
        raise _refusal("only a function's name can stand before brackets; a product is written with *", place)
    name = node.func.id
    if name not in FUNCTIONS:
        missing = "; a product is written with *" if len(name) == 1 else ""
        raise _refusal(f"there is no function '{name}'{missing}; there are {known}", place)
    if len(node.args) != FUNCTIONS[name] or node.keywords:
        wanted = "one operand" if FUNCTIONS[name] == 1 else f"{FUNCTIONS[name]} operands"
        raise _refusal(f"'{name}' takes {wanted}, not {len(node.args)}", place)
    return _applied(name, [_tree(operand, depth + 1) for operand in node.args], place)


def _check_exponent(exponent: Tree, place: int) -> None:
    if not isinstance(exponent, float):
        raise _refusal("an exponent must be a number, such as a ** 2", place)
    if abs(exponent) > LARGEST_EXPONENT:
        raise _refusal(f"an exponent must lie between -{LARGEST_EXPONENT} and {LARGEST_EXPONENT}", place)


def _applied(operation: str, operands: list[Tree], place: int) -> Tree:
    """An operation on trees; on numbers only, its result."""
    numbers = [operand for operand in operands if isinstance(operand, float)]
    if operation == "divide" and operands[1] == 0.0:
        raise _refusal("this divides by 0", place)
    if len(numbers) < len(operands):
        return (operation, *operands)
    try:
        value = float(_ON_NUMBERS[operation](*numbers))
    except (ArithmeticError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise _refusal("this has no finite value", place)
    return value


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, tuple):
        for operand in tree[1:]:
            yield from _names(operand)
