"""Orders leave through one function of one module, and nothing else of ccxt's that makes or moves any is called."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAKES_ORDERS = {"create_order", "createOrder"}
NEVER = ("create_", "edit_order", "close_position", "close_all", "transfer", "withdraw", "add_margin", "reduce_margin")


def calls(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, str]]:
    """Every method that is called or handed on, with the function it stands in."""
    for node in ast.iter_child_nodes(tree):
        name = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else inside
        if isinstance(node, ast.Attribute):
            yield name, node.attr
        yield from calls(node, name)


def of_clients() -> Iterator[tuple[str, str, str]]:
    for file in sorted((ROOT / "sigma_engine" / "exchanges").rglob("*.py")):
        for inside, attribute in calls(ast.parse(file.read_text("utf-8"))):
            yield file.name, inside, attribute


def test_one_function_in_the_code_base_makes_orders() -> None:
    everywhere = [
        (file.relative_to(ROOT).as_posix(), inside)
        for package in ("sigma_engine", "sigma_desktop")
        for file in sorted((ROOT / package).rglob("*.py"))
        for inside, attribute in calls(ast.parse(file.read_text("utf-8")))
        if attribute in MAKES_ORDERS
    ]
    assert everywhere == [("sigma_engine/exchanges/gateway.py", "_create")]


def test_only_submit_reaches_it() -> None:
    found = [(file, inside) for file, inside, attribute in of_clients() if attribute == "_create"]
    assert found == [("gateway.py", "submit")]


def test_no_other_call_of_ccxt_makes_orders_or_moves_money() -> None:
    allowed = MAKES_ORDERS | {"create_task", "create_future", "create_default_context"}
    found = {(file, attribute) for file, _, attribute in of_clients() if attribute.startswith(NEVER)}
    assert {(file, attribute) for file, attribute in found if attribute not in allowed} == set()


def test_no_raw_request_posts_an_order() -> None:
    """What goes past ccxt's own calls reads, or asks for the statement."""
    tree = ast.parse((ROOT / "sigma_engine" / "exchanges" / "gateway.py").read_text("utf-8"))
    posts = [
        node.args[1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "_call"
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value != "GET"
        and isinstance(node.args[1], ast.Constant)
    ]
    assert posts == ["capi/v3/account/income"]
