"""Right programs are accepted, hostile ones are refused, and for the right thing."""

import re

import pytest
from programs import corpus_data, hostile, scored, valid, workload

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import finish, judge, judge_source, start
from refinestat.refinegen.program import Statement
from refinestat.refinegen.prompts import head

STATIC = {name: text for name, text in hostile().items() if text.startswith("# reject statically")}


def refusals(text, dataset=None, known=None):
    return [verdict for verdict in judge_source(text, dataset, known) if not verdict.ok]


@pytest.mark.parametrize("name", valid())
@pytest.mark.parametrize("known", [False, True], ids=["names only", "values known"])
def test_a_valid_program_is_accepted(name, known):
    text = valid()[name]
    found = refusals(text, known={"data": corpus_data()} if known else None)
    if "def " in text:
        assert "functions are not allowed" in found[0].why
    else:
        assert found == []


@pytest.mark.parametrize("name", workload())
def test_a_program_like_a_language_model_writes_is_accepted(name):
    assert refusals(workload()[name]) == []


@pytest.mark.parametrize("name", scored())
def test_a_right_program_on_the_built_in_data_is_accepted(name):
    dataset, text = scored()[name]
    assert refusals(text, DATASETS[dataset]) == []


@pytest.mark.parametrize("name", scored())
def test_statement_by_statement_gives_the_same(name):
    dataset, text = scored()[name]
    before = head(DATASETS[dataset])
    symbols = start(DATASETS[dataset])
    for number, line in enumerate(text.removeprefix(before).splitlines(keepends=True), before.count("\n") + 1):
        judgement = judge(Statement(source=line, line=number), symbols)
        assert judgement.ok, judgement.refusal
        symbols = judgement.symbols
    assert finish(symbols).ok


@pytest.mark.parametrize("name", STATIC)
def test_a_hostile_program_is_refused_by_parse_or_by_its_names(name):
    found = refusals(STATIC[name])
    assert found
    assert found[0].predicate in {"parse", "parameter"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("annotation_executes", "annotation"), ("assert_message_leak", "assert"), ("async_await", "async"),
        ("builtins_delattr", "delattr"), ("builtins_print_flood", "print"), ("builtins_sorted_key", "eval"),
        ("carriage_return_newline", "carriage return"), ("class_del_timebomb", "class"), ("data_augassign", "store"),
        ("data_base_attr", r"\.base"), ("data_out_kwarg", "out="), ("deep_nested_list", "nested"),
        ("deep_unary", "nested too deep"), ("delete_names", "del"), ("except_group", "try"),
        ("import_alias_shadow", "pm must be pymc"), ("import_inside_with", "import"), ("import_os_system", "os"),
        ("import_relative_future", "relative"), ("lambda_plain", "lambda"), ("line_continuation", "np.f2py"),
        ("match_class_pattern", "match"), ("name_control_chars", "control"), ("name_fstring_dynamic_flood", "100000"),
        ("name_megabyte", "1000000"), ("name_path_traversal", "no name"), ("name_prompt_injection", "no name"),
        ("np_as_strided_oob", "np.lib"), ("np_fromfile", "np.fromfile"), ("np_f2py_os", "np.f2py"),
        ("os_disk_fill_one_file", "np.ma"), ("patch_with_target", "store"), ("pm_data_urllib", "pm.data"),
        ("pm_model_core_sys", "pm.model"), ("pm_sample_inside", "pm.sample"), ("pm_simulator_callback", "pm.Simulator"),
        ("pt_basic_builtins", "pt.basic"), ("pytensor_config_compiler", "pt.pytensor|store"), ("rebind_pm", "reserved"),
        ("shift_bomb", "too large"), ("str_format_map", "format_map"), ("str_percent_width_bomb", "%"),
        ("try_swallow_everything", "try"), ("unicode_identifier_nfkc", "open"), ("with_model_argument", "np.f2py"),
    ],
)  # fmt: skip
def test_the_reason_is_about_the_right_thing(name, words):
    assert re.search(words, refusals(STATIC[name])[0].why)
