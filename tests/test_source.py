"""Rules about the source itself that no other tool knows; each is read from the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = sorted((ROOT / "tui").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

BROAD_EXCEPT = {
    "tui/cli/run.py": "the top of the process",
    "tui/config/secrets.py": "keyring back ends raise whatever their library does",
    "tui/demo/demo.py": "the top of the servers' thread",
    "tui/sync/ahead.py": "the top of a thread; who takes what it reads raises it",
    "tui/sync/bulk.py": "the top of a thread",
    "tui/sync/bulk_process.py": "the top of a process",
    "tui/sync/doorman.py": "the top of a thread",
    "tui/sync/index_thread.py": "the top of a thread",
    "tui/sync/futures.py": "the top of a thread, one command",
    "tui/sync/local.py": "the top of a thread",
    "tui/sync/outbox.py": "the top of a thread",
    "tui/sync/sender.py": "the top of a thread; one mail's fault",
    "tui/sync/worker.py": "the top of a thread, and one job of it",
    "tui/ui/screens/mail_base.py": "the border to the engine's threads; the mistake is recorded and told",
    "tui/ui/screens/mail_reading.py": "the top of a thread that reads one mail",
}
"""Where `except Exception` may stand, and why; everywhere else an error is caught by its name."""

MUTABLE_CALLS = {
    "array", "bytearray", "Condition", "count", "Counter", "defaultdict", "deque", "dict", "Event", "list",
    "local", "Lock", "OrderedDict", "Queue", "Random", "RLock", "Semaphore", "set", "WeakSet",
}  # fmt: skip
MUTATING = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove",
    "setdefault", "update",
}  # fmt: skip
WIDGETS = {
    "Button", "Checkbox", "Collapsible", "Label", "Link", "Option", "RadioButton", "Selection", "Static",
    "Tab", "TabPane",
}  # fmt: skip
"""Textual classes whose first argument is read as markup when it is a `str`."""
MARKUP_PROPERTIES = {"border_title", "border_subtitle", "tooltip"}

Found = Iterable[str]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _called(call: ast.Call) -> str:
    """The last name of what is called: `notify` of `self.app.notify(…)`."""
    return ast.unparse(call.func).rpartition(".")[2]


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _is_made_text(node: ast.expr | None) -> bool:
    """Whether the text is put together at run time, and so could hold what somebody else wrote."""
    if isinstance(node, ast.Call):
        of_text = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant)
        return _called(node) in ("format", "str") or (_called(node) == "join" and of_text)
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def _everywhere(rule: Callable[[Path], Found], paths: Iterable[Path] = SOURCE) -> list[str]:
    """What the rule finds wrong, each with its file."""
    return [f"{_name(path)}: {wrong}" for path in paths for wrong in rule(path)]


def test_files_are_short() -> None:
    def rule(path: Path) -> Found:
        length = len(path.read_text(encoding="utf-8").splitlines())
        return [f"{length} lines"] if length > LONGEST_FILE else []

    assert not _everywhere(rule, [*SOURCE, *TESTS])


def test_functions_are_short() -> None:
    def rule(path: Path) -> Found:
        for function in _functions(_tree(path)):
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{function.name} has {length} lines"

    assert not _everywhere(rule)


def test_every_function_says_what_goes_in_and_out() -> None:
    def rule(path: Path) -> Found:
        for function in _functions(_tree(path)):
            given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            bare = [one for one in given if one.annotation is None and one.arg not in ("self", "cls")]
            if bare or function.returns is None:
                yield function.name

    assert not _everywhere(rule)


def test_errors_are_caught_by_name() -> None:
    def rule(path: Path) -> Found:
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in _broad_excepts(path):
            if _name(path) not in BROAD_EXCEPT:
                yield f"line {line} catches everything"
            if "  # " not in lines[line - 1]:
                yield f"line {line} does not say why it catches everything"

    assert not _everywhere(rule)


def test_the_list_of_broad_excepts_is_no_longer_than_needed() -> None:
    assert set(BROAD_EXCEPT) == {_name(path) for path in SOURCE if _broad_excepts(path)}


def _broad_excepts(path: Path) -> list[int]:
    handlers = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.ExceptHandler)]
    return [handler.lineno for handler in handlers if _is_broad(handler)]


def _is_broad(handler: ast.ExceptHandler) -> bool:
    """`except:`, `except Exception`, `except BaseException`, unless it only cleans up and raises again."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {ast.unparse(one) if one else "" for one in caught}
    last = handler.body[-1]
    raises_again = isinstance(last, ast.Raise) and last.exc is None
    return bool(names & {"", "Exception", "BaseException"}) and not raises_again


def test_modules_have_no_state() -> None:
    """A table written in capitals and never changed is no state, nor is a bounded memory of pure answers."""

    def rule(path: Path) -> Found:
        tree = _tree(path)
        names = set(_mutable_names(tree))
        yield from (name for name in names if not name.isupper() and not name.startswith("__"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                yield f"global {', '.join(node.names)}"
        for function in _functions(tree):
            yield from (f"{function.name} changes {name}" for name in _changed_by(function, names))
            if any(_remembers_for_ever(decorator) for decorator in function.decorator_list):
                yield f"{function.name} remembers without bound"

    assert not _everywhere(rule)


def _mutable_names(tree: ast.Module) -> Iterator[str]:
    literal = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        value = node.value
        if isinstance(value, literal) or (isinstance(value, ast.Call) and _called(value) in MUTABLE_CALLS):
            yield from map(ast.unparse, node.targets if isinstance(node, ast.Assign) else [node.target])


def _changed_by(function: ast.FunctionDef | ast.AsyncFunctionDef, names: set[str]) -> Iterator[str]:
    for node in ast.walk(function):
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING
        ):
            changed = node.func.value
        if changed is not None and (name := ast.unparse(changed)) in names:
            yield name


def _remembers_for_ever(decorator: ast.expr) -> bool:
    text = ast.unparse(decorator)
    return text.rpartition(".")[2] == "cache" or ("lru_cache" in text and "None" in text)


def test_text_is_never_read_as_markup() -> None:
    """Mail text in a widget as `str` is executable: `[@click=app.quit]` in a subject would be a button."""

    def rule(path: Path) -> Found:
        for node in ast.walk(_tree(path)):
            reads = isinstance(node, ast.Call) and _reads_markup(node)
            if reads or (isinstance(node, ast.Assign) and _sets_markup(node)):
                yield f"{ast.unparse(node)[:80]}"

    assert not _everywhere(rule, [path for path in SOURCE if "ui" in path.parts])


def _reads_markup(call: ast.Call) -> bool:
    markup = _keyword(call, "markup")
    off = isinstance(markup, ast.Constant) and markup.value is False
    if (markup is not None and not off) or _called(call) in ("from_markup", "render_markup"):
        return True
    if _called(call) == "notify":
        return not off
    shown = [*call.args[:1], _keyword(call, "label"), _keyword(call, "title")]
    return _called(call) in (*WIDGETS, "update") and any(map(_is_made_text, shown)) and not off


def _sets_markup(node: ast.Assign) -> bool:
    names = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
    return _is_made_text(node.value) and bool(names & MARKUP_PROPERTIES)


def test_only_one_place_decides_whom_to_trust() -> None:
    """The standard library's own contexts verify nothing; ours is made in net/link alone."""
    # The demo's context is never used to encrypt: its library wants one even for clear text on loopback.
    # A refused certificate is looked at once more over a connection that carries nothing but the handshake.
    allowed = {
        "tui/net/link.py": {"create_default_context"},
        "tui/demo/imap.py": {"SSLContext("},
        "tui/net/certificate.py": {"create_default_context", "check_hostname", "CERT_NONE"},
    }
    words = (
        r"create_default_context|_create_unverified_context|_create_stdlib_context|CERT_NONE|check_hostname"
        r"|PROTOCOL_TLS_CLIENT|SSLContext\("
    )

    def rule(path: Path) -> Found:
        made = set(re.findall(words, path.read_text(encoding="utf-8")))
        return made - allowed.get(_name(path), set())

    assert not _everywhere(rule)


def test_nothing_is_left_to_do_and_no_shell_is_used() -> None:
    words = r"\b(?:TODO|FIXME|XXX|HACK)\b|shell=True|os\.system\(|import pickle"

    assert not _everywhere(lambda path: re.findall(words, path.read_text(encoding="utf-8")))


def test_no_group_of_a_regular_expression_is_possessive() -> None:
    """Python 3.11.0 to 3.11.4, Debian 12 among them, match such a group wrongly (CPython issue 106052)."""
    words = r"\)(?:[*+?]|\{[0-9,]*\})\+|\(\?>"

    assert not _everywhere(lambda path: re.findall(words, path.read_text(encoding="utf-8")))
    assert re.findall(words, r"(?:ab)*+ (?:ab){1,9}+ (?>ab) [^a]*+ (ab)*") == [")*+", "){1,9}+", "(?>"]


def test_rules_see_what_they_are_for() -> None:
    """The rules above pass on every file; here each of their eyes is shown what it must see."""

    def call(text: str) -> ast.Call:
        node = ast.parse(text, mode="eval").body
        assert isinstance(node, ast.Call)
        return node

    for text in (
        "Static(f'{x}')",
        "Label('a' + x)",
        "self.notify('x')",
        "Static('x', markup=True)",
        "a.update(f'{x}')",
    ):
        assert _reads_markup(call(text)), text
    for text in ("Static('plain')", "Static(Content(f'{x}'))", "self.notify(x, markup=False)", "d.update(x)"):
        assert not _reads_markup(call(text)), text
    tree = ast.parse(
        "A = {}\nb: list[int] = []\nC = deque()\nD = (1,)\ndef f():\n    A[1] = 2\n    C.append(1)"
    )
    assert sorted(_mutable_names(tree)) == ["A", "C", "b"]
    assert sorted(_changed_by(next(_functions(tree)), {"A", "C", "b"})) == ["A", "C"]
