"""A formula is read as plain data; whatever else someone writes is refused in words, and never run."""

from __future__ import annotations

import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_model import Document, DocumentError, Graph, load_document, save_document
from graph_model.errors import EditError
from graph_model.formula import DEEPEST_FORMULA, FUNCTIONS, OPERATORS, Tree, read_formula

DANGEROUS = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "a.__class__",
    "a.real",
    "a[0]",
    "exp.__globals__",
    "eval(a)",
    "exec(a)",
    "open(a)",
    "print(a)",
    "getattr(a, a)",
    "exp(*a)",
    "exp(**a)",
    "exp(x=a)",
    "(lambda: a)()",
    "lambda a: a",
    "[a for a in b]",
    "{a: b}",
    "f'{a}'",
    "'a' * 9",
    "a if b else c",
    "a or b",
    "not a",
    "a < b",
    "a := b",
    "a = b",
    "a; b",
    "a, b",
    "a\nb",
    "a # b",
    "a @ b",
    "a // b",
    "a % b",
    "a << b",
    "a & b",
    "~a",
    "await a",
    "yield",
    "True * a",
    "None",
    "... * a",
    "1j * a",
    "0x10 * a",
    "1_000 * a",
    "1e999 * a",
    "a ** b",
    "a ** 17",
    "9 ** 9 ** 9 * a",
    "a ** (9 ** 9)",
    "a / 0",
    "a / (1 - 1)",
    "log(0) * a",
    "sqrt(-1) * a",
    "exp(1000) * a",
    "(" * 150 + "a" + ")" * 150,
    "-" * 300 + "a",
    "a" + "+a" * 199,
    "a * " * 500 + "a",
    "a\0",
    "𝐚 * b",
    "ａ * b",
    "ä * b",
    "a * b)",
    "(a * b",
    "a b",
    "2a",
    "2(a)",
    "a(b)",
    "sin a",
    "sin",
    "sin()",
    "sin(a, b)",
    "maximum(a)",
    "A * b",
    "ab",
    "_",
    "1 + 2",
    "pi",
    "",
    "   ",
    "a ^ 2",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_is_no_formula_is_refused_in_a_sentence(text):
    graph = Graph()
    with pytest.raises(EditError) as refusal:
        graph.add("Expression", expression=text)
    sentence = str(refusal.value)
    assert "formula" in sentence
    assert "\n" not in sentence
    assert not graph.nodes()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a ^ 2", "At character 3 of the formula: '^' is not allowed; a power is written **."),
        ("1 + 2a", "At character 6 of the formula: a sign is missing before 'a'; a product is written with *."),
        ("a * hidden", "At character 5 of the formula: 'hidden' is no input; inputs are called by one small letter"),
        ("a + open(b)", "At character 5 of the formula: there is no function 'open'; there are exp, log, sqrt"),
        ("a + z(b)", "At character 5 of the formula: there is no function 'z'; a product is written with *; there are"),
        ("a + sin", "At character 5 of the formula: 'sin' is a function: write sin(…)."),
        ("maximum(a)", "At character 1 of the formula: 'maximum' takes 2 operands, not 1."),
        ("a.real", "At character 2 of the formula: '.' is not allowed."),
        ("a + ", "The formula ends too early: something is missing after its last sign."),
        ("b * (a + 1", "At character 5 of the formula: this bracket is never closed."),
        ("a + 1) * b", "At character 6 of the formula: this bracket was never opened."),
        ("a */ b", "At character 4 of the formula: there is a sign missing before this, or one too many."),
        ("a ** b", "At character 6 of the formula: an exponent must be a number, such as a ** 2."),
        ("b - a / 0", "At character 5 of the formula: this divides by 0."),
        ("a * log(0)", "At character 5 of the formula: this has no finite value."),
        ("a < b", "At character 3 of the formula: '<' is not allowed."),
        ("1 + 2", "The formula uses no input: write at least one of a, b, c, …"),
    ],
)
def test_a_refusal_says_what_and_where(text, sentence):
    with pytest.raises(EditError) as refusal:
        read_formula(text)
    assert str(refusal.value).startswith(sentence)


def operations(tree: Tree) -> set[str]:
    if not isinstance(tree, tuple):
        return set()
    return {tree[0]}.union(*(operations(operand) for operand in tree[1:]))


def depth(tree: Tree) -> int:
    return 1 + max(depth(operand) for operand in tree[1:]) if isinstance(tree, tuple) else 1


PIECES = [
    "a",
    "b",
    "z",
    "ab",
    "exp",
    "sin",
    "maximum",
    "eval",
    "__class__",
    "pi",
    "lambda",
    "if",
    "in",
    "1",
    "2.5",
    ".5",
]
PIECES += [
    "1e5",
    "1e",
    "(",
    ")",
    "+",
    "-",
    "*",
    "**",
    "/",
    "//",
    ".",
    ",",
    " ",
    "[",
    "]",
    "'",
    "=",
    ":",
    "\n",
    "j",
    "⊙",
]


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_is_a_formula_of_allowed_operations_or_refused(text):
    try:
        formula = read_formula(text)
    except EditError:
        return
    assert operations(formula.tree) <= {*FUNCTIONS, *OPERATORS.values()}
    assert depth(formula.tree) <= DEEPEST_FORMULA
    assert formula.inputs == tuple(sorted(set(formula.inputs)))
    assert all(len(name) == 1 and "a" <= name <= "z" for name in formula.inputs)


def test_a_formula_is_a_tree_whose_numbers_are_worked_out():
    formula = read_formula(" (1 − z) ⊙ h + 2**3/4 * maximum(z, 0.5) ")
    assert formula.text == "(1 − z) ⊙ h + 2**3/4 * maximum(z, 0.5)"
    assert formula.inputs == ("h", "z")
    assert formula.tree == (
        "add",
        ("multiply", ("subtract", 1.0, "z"), "h"),
        ("multiply", 2.0, ("maximum", "z", 0.5)),
    )


def test_each_letter_is_a_port_and_a_port_in_use_stays():
    graph = Graph()
    node = graph.add("Expression", name="e", expression="z * h")
    assert [port.name for port in graph.kind_of(node).inputs] == ["h", "z"]
    graph.connect(graph.add("Input"), node, input=1)
    with pytest.raises(EditError, match="would lose its port 1"):
        graph.set(node, expression="h * 2")
    graph.set(node, expression="c + h + z")
    assert [port.name for port in graph.kind_of("e").inputs] == ["c", "h", "z"]


def test_a_bad_formula_in_a_file_is_refused_with_its_place(tmp_path):
    graph = Graph()
    graph.add("Expression", name="e", expression="a * b")
    save_document(Document(graph), tmp_path / "a.gradcanvas")
    with zipfile.ZipFile(tmp_path / "a.gradcanvas") as archive:
        text = archive.read("document.json").decode()
    assert load_document(tmp_path / "a.gradcanvas").graph == graph
    changed = json.loads(text.replace("a * b", "a * b.__class__"))
    (tmp_path / "a.json").write_text(json.dumps(changed))
    with pytest.raises(DocumentError, match=r"At character 6 of the formula: '\.' is not allowed"):
        load_document(tmp_path / "a.json")
