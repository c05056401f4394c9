"""Who may import whom, and what starting a command must not load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from speed import within

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "refinestat" / "refinegen"

GRAMMAR = {path.stem for path in CORE.glob("grammar*.py")}
CATALOGUE = {path.stem for path in CORE.glob("catalogue*.py")}

# Lowest first: a module imports from rows above, from its own row without cycles, and from commons.
LAYERS = (
    {"records"},
    {"program", "prompts", "prompt_examples", "selection", "sampling", "page", "predicates", "effects", *CATALOGUE},
    {"language_model", "fitting", "store", "best_program", *GRAMMAR},
    {"assessment", "decoder", "refine", "all_rows"},
    {"best_of"},
    {"answers", "strategies", "attempts", "linter", "plots", "progress", "report", "results", "run", "tables"},
    {"comparison", "ablation", "several_runs", "synthesis"},
    {"api", "publication"},
    {"cli_data", "cli_parser"},
    {"cli_run"},
    {"cli_compare"},
    {"cli", "cli_baselines", "cli_figures"},
)
HEAVY = {
    "torch": {"language_model"},
    "transformers": {"language_model"},
    "syncode": GRAMMAR,
    "llguidance": {"grammar_semantic"},
    "pymc": {"fitting", "catalogue_build", "catalogue_distributions"},
    "pytensor": {"fitting", "catalogue_build", "catalogue_tensors"},
    "nutpie": {"fitting"},
    "matplotlib": {"plots"},
    "jinja2": {"report"},
    "pygments": {"report"},
}
MODULES = sorted(CORE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def core_module(name: str) -> str | None:
    parts = name.split(".")
    return parts[2] if parts[:2] == ["refinestat", "refinegen"] and len(parts) > 2 else None


def module(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def layer(name: str) -> int:
    rows = [i for i, names in enumerate(LAYERS) if name in names]
    assert rows, f"{name} has no layer: add it to LAYERS and to docs/architecture.md"
    return rows[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_imports_point_down(path):
    if path == CORE / "__init__.py":
        assert not imported(path)
        return
    own = module(path)
    for name in imported(path):
        target = core_module(name)
        if target and target != own:
            assert layer(target) <= layer(own), f"{own} must not import {target}"


def test_no_two_modules_of_a_layer_import_each_other():
    edges = {
        (module(path), target)
        for path in MODULES
        for name in imported(path)
        if (target := core_module(name)) and target != module(path)
    }
    assert not {edge for edge in edges if edge[::-1] in edges}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_each_heavy_library_is_imported_in_one_place_only(path):
    for name in imported(path):
        allowed = HEAVY.get(name.split(".")[0])
        assert allowed is None or module(path) in allowed, f"{module(path)} imports {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "commons").glob("*.py")), ids=lambda path: path.stem)
def test_commons_knows_nothing_of_the_rest(path):
    assert not {name for name in imported(path) if name.split(".")[0] in ("refinestat", "Baseline")}


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "commons").glob("*.py"))], ids=lambda path: path.name)
def test_no_program_text_is_executed_in_our_process(path):
    """Only the sandboxed child compiles what a language model wrote."""
    if path in {CORE / "fitting" / "sample.py", CORE / "fitting" / "data_section_worker.py"}:
        return
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"exec", "eval", "compile", "__import__"}


SCRIPTS = sorted(
    path
    for folder in ("refinestat", "Baseline")
    for path in (ROOT / folder).glob("*.py")
    if not path.stem.startswith("_")
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_help_answers_at_once_and_from_anywhere(script, tmp_path):
    code = (
        "import runpy, sys, time\n"
        "began = time.process_time()\n"
        f"sys.argv = [{script.name!r}, '--help']\n"
        f"sys.path[0] = {str(script.parent)!r}\n"
        f"try: runpy.run_path({str(script)!r}, run_name='__main__')\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'torch', 'pymc', 'pandas', 'numpy', 'transformers', 'arviz', 'syncode'} & set(sys.modules)\n"
        "print('loaded', sorted(heavy), 'names', sorted({'refinegen', 'base', 'main'} & set(sys.modules)))\n"
        "print('seconds', time.process_time() - began)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *text, loaded, seconds = done.stdout.splitlines()
    assert loaded == "loaded [] names []"
    assert within(float(seconds.split()[1]), 0.5)
    assert "usage" in text[0]


def test_thin_scripts_are_thin():
    assert all(len(script.read_text().splitlines()) <= 15 for script in SCRIPTS)
