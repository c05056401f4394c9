"""The corpus, the tokenizer and the training of the embedded language model."""

import ast
import builtins
import json
import keyword
import re
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace
from functools import partial
from itertools import islice
from random import Random
from types import SimpleNamespace

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from commons.data_pymc import DATASETS, Kind, Role, data_section
from refinestat.refinegen.language_model import LanguageModel
from refinestat.refinegen.prompts import LIKELIHOOD, PRIORS, plain
from training import evaluation, learning, train_command
from training.arguments import evaluate_arguments, train_arguments
from training.batches import Weights, copied_spans, encode, pool, stream
from training.card import card
from training.columns import as_markdown, read_markdown
from training.corpus import FAMILIES, HELD_OUT_FAMILIES, Rates, Split, examples, make
from training.corpus.draft import Draft
from training.corpus.families import groups, linear, survival, times
from training.corpus.names import topic
from training.corpus.style import choose_style
from training.corpus.words import FORBIDDEN_NAMES, FORBIDDEN_WORDS, NAMES, TOPICS, WORDS
from training.export import export
from training.folder import OUTPUT, ROOT, OtherModelError, check_folder, read_record
from training.judge import Judge, Stage
from training.learning import Settings, begin, resume, save_checkpoint, train
from training.muon import BatchedMuon
from training.network import Shape, learning_rate
from training.reading import assigned, location_scales, observations, random_variables, unused
from training.scoring import Share, scores, sensible_distributions, table
from training.structure import family
from training.tokenizer import BOS_ID, EOS_ID, PAD_ID, train_tokenizer
from training.writers import Constrained, Unconstrained, until_dedent

SAMPLE = 300
CLEAN = Rates(legacy=0, fault=0)


@pytest.fixture(scope="module")
def sample():
    return [make(seed, CLEAN) for seed in range(SAMPLE)]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(Rates(), vocabulary=400, sample=100)


@pytest.fixture(scope="module")
def judge():
    with Judge() as one:
        yield one


@pytest.fixture
def tiny():
    shape = Shape(vocabulary=400, hidden=16, layers=1, heads=2, feed_forward=32)
    return Settings(steps=3, rows=4, shape=shape)


def predictors_of(example):
    return [variable.name for variable in example.dataset.variables if variable.role is Role.PREDICTOR]


def sources(sample):
    return [example.prompt + example.program for example in sample]


# The corpus


def test_a_seed_gives_the_same_example_every_time(sample):
    again = [make(seed, CLEAN) for seed in range(20)]
    assert [(e.prompt, e.program, e.dataset.sha256) for e in again] == [
        (e.prompt, e.program, e.dataset.sha256) for e in sample[:20]
    ]


def test_seeds_give_different_examples(sample):
    assert len(set(sources(sample))) == SAMPLE


def test_there_are_at_least_25_families_and_a_sample_has_most_of_them(sample):
    assert len(FAMILIES) >= 25
    assert len({example.family for example in sample}) > 0.8 * len(FAMILIES)


def test_the_prompt_is_the_one_that_the_model_is_used_with(sample):
    for example in sample:
        assert example.prompt == plain(example.dataset)
        assert example.prompt.startswith(data_section(example.dataset))
        assert example.prompt.endswith(PRIORS)


def test_every_program_parses_and_has_one_marker_with_statements_before_and_after(sample):
    for example in sample:
        ast.parse(example.prompt + example.program)
        priors, likelihood = example.program.split(LIKELIHOOD)
        assert priors.strip()
        assert likelihood.strip()
        assert all(line.startswith("    ") for line in example.program.splitlines())


def test_no_random_variable_is_unused(sample):
    assert [source for source in sources(sample) if unused(source)] == []


def test_the_outcome_is_observed_once_and_as_it_is(sample):
    for example in sample:
        (observed,) = observations(example.prompt + example.program)
        assert observed.outcome == example.dataset.outcome.name


def test_no_data_name_is_shadowed_and_no_name_is_assigned_twice(sample):
    for example in sample:
        names = assigned(example.prompt + example.program)
        assert len(names) == len(set(names))
        assert not set(names) & {variable.name for variable in example.dataset.variables}


def test_half_of_the_skewed_outcomes_are_told_to_be_skewed_and_none_of_another_family(sample):
    described = replace(CLEAN, no_description=0)
    skewed = [make(seed, described, families={linear.positive_regression: 1.0}) for seed in range(200)]
    assert 80 < sum("(positive, skewed) against" in example.dataset.description for example in skewed) < 120
    others = [example.dataset.description for example in sample if example.family != "positive_regression"]
    assert not any("(positive, skewed)" in description for description in others)


def test_a_season_is_never_what_a_plain_sentence_asks_for():
    seasons = [make(seed, CLEAN, families={times.season: 1.0}) for seed in range(100)]
    told = [example.dataset.description.lower() for example in seasons if example.dataset.description]
    assert all("season" in description or "cycle" in description for description in told)


def test_waiting_times_under_a_name_that_means_nothing_are_told_by_the_rest_of_the_sentence():
    sometimes = Rates(unknown=0.5, no_description=0)
    made = [make(seed, sometimes, families={survival.weibull: 1.0}).dataset for seed in range(200)]
    told = ("Survival of", "Survival analysis of", "until failure")
    waiting = tuple(word.replace("_", " ").capitalize() for word in NAMES["waiting_words"])
    assert all(any(text in data.description for text in told) or data.description.startswith(waiting) for data in made)


def test_slopes_of_several_predictors_are_mostly_called_after_them():
    made = [make(seed, CLEAN, families={linear.regression: 1.0}) for seed in range(300)]
    several = [(example, explaining) for example in made if len(explaining := predictors_of(example)) > 2]
    named = [all(re.search(rf'"b(eta)?_{name}"', example.program) for name in names) for example, names in several]
    assert sum(named) > 0.8 * len(named)


def test_a_random_variable_has_the_name_that_it_is_assigned_to(sample):
    for source in sources(sample):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.args:
                first = node.value.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    assert first.value == ast.unparse(node.targets[0])


def test_successes_never_exceed_trials(sample):
    found = 0
    for example in sample:
        for variable in example.dataset.variables:
            if variable.role is Role.TRIALS:
                found += 1
                assert (example.dataset.outcome.values <= variable.values).all()
    assert found > 10


@pytest.mark.parametrize("split", list(Split))
def test_every_prompt_is_valid_python(split):
    for example in islice(examples(5000, split=split), 500):
        ast.parse(example.prompt + "    pass\n")


def test_every_kind_of_variable_occurs(sample):
    assert {variable.kind for example in sample for variable in example.dataset.variables} == set(Kind)
    assert any(variable.values.ndim == 2 for example in sample for variable in example.dataset.variables)
    assert any(not example.dataset.description for example in sample)


@pytest.mark.parametrize("split", list(Split))
def test_no_example_has_a_topic_or_the_names_of_a_built_in_data_set(split):
    for example in islice(examples(0, split=split), 1000):
        names = {variable.name for variable in example.dataset.variables}
        words = set(example.prompt.lower().replace("_", " ").replace(".", " ").replace(",", " ").split())
        assert names not in FORBIDDEN_NAMES
        assert not words & FORBIDDEN_WORDS


def test_the_names_of_every_built_in_data_set_are_forbidden():
    for dataset in DATASETS.values():
        assert {variable.name for variable in dataset.variables} in FORBIDDEN_NAMES


def test_held_out_topics_and_syllables_are_in_no_list_of_training():
    trained = {word for name in WORDS[Split.TRAIN].__slots__ for word in getattr(WORDS[Split.TRAIN], name)}
    for name in set(WORDS[Split.HELD_OUT].__slots__) - {"times"}:
        kept = getattr(WORDS[Split.HELD_OUT], name)
        assert kept
        assert not trained & set(kept)


def test_families_that_training_never_sees_are_written_when_asked_for_and_their_programs_build(judge):
    assert not set(HELD_OUT_FAMILIES) & set(FAMILIES)
    made = [make(seed, CLEAN, Split.HELD_OUT, HELD_OUT_FAMILIES) for seed in range(25)]
    assert {example.family for example in made} == {family.__name__ for family in HELD_OUT_FAMILIES}
    findings = judge.judge([(example.prompt + example.program, example.dataset) for example in made])
    assert [finding.why for finding in findings if finding.stage is not Stage.OK] == []


def test_location_priors_follow_the_range_of_the_data(sample):
    near = priors = 0
    for example in sample:
        source = example.prompt + example.program
        if next(observations(source)).distribution in {"Normal", "StudentT"}:
            extent = abs(example.dataset.outcome.values).max()
            scales = location_scales(source)
            priors += len(scales)
            near += sum(extent / 10 <= scale <= 10 * extent for scale in scales)
    assert near > 0.9 * priors > 50


def test_hierarchies_are_non_centred_mostly(sample):
    text = "".join(sources(sample))
    assert text.count("mu=0, sigma=1, shape=") > 40


def test_a_legacy_rate_of_one_writes_sd_everywhere():
    sure = Rates(legacy=1, fault=0)
    found = [make(seed, sure) for seed in range(50)]
    assert all("sigma=" not in example.program.replace("_sigma=", "") for example in found)
    assert sum("sd=" in example.program for example in found) > 40
    assert all(example.faulty for example in found if "sd=" in example.program)


def test_a_fault_rate_of_one_makes_faults_and_says_so():
    found = [make(seed, Rates(legacy=0, fault=1)) for seed in range(50)]
    assert sum(example.faulty for example in found) > 45


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_a_rate_outside_the_unit_interval_is_refused(value):
    with pytest.raises(ValueError, match=r"corpus rate 'fault' must lie in \[0, 1\], got"):
        Rates(fault=value)


def test_the_command_line_refuses_a_rate_with_one_clear_line(capsys, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        train_arguments(["--legacy-rate", "1.5", "--output", str(tmp_path / "model")])
    assert stopped.value.code == 2
    assert "corpus rate 'legacy' must lie in [0, 1], got 1.5" in capsys.readouterr().err.splitlines()[-1]


def test_made_up_names_are_as_frequent_as_their_rate():
    words = WORDS[Split.TRAIN]
    known = {word for name in set(words.__slots__) - {"syllables"} for word in getattr(words, name)}
    columns = [
        variable.name
        for seed in range(60)
        for variable in make(seed, replace(CLEAN, made_up=1)).dataset.variables
        if variable.role is Role.OUTCOME
    ]
    assert not known & set(columns)
    assert len(set(columns)) > 55
    assert any(name != name.lower() for name in columns)
    assert any(character.isdigit() for name in columns for character in name)


def test_reserved_names_are_data_as_often_as_their_rate_says_and_never_shadowed():
    often = [make(seed, replace(CLEAN, made_up=0, reserved=1)) for seed in range(100)]
    columns = [v for example in often for v in example.dataset.variables if v.role in (Role.OUTCOME, Role.PREDICTOR)]
    names = [column.name for column in columns]
    assert sum(name in NAMES["awkward"] for name in names) > 0.6 * len(names)
    for example in often:
        own = {variable.name for variable in example.dataset.variables}
        assert not own & set(assigned(example.prompt + example.program))


def test_a_topic_that_does_not_exist_is_a_word_of_no_list():
    words = WORDS[Split.TRAIN]
    draft = Draft(random=Random(1), rates=Rates(unknown=1), words=words, style=choose_style(Random(1), Rates()))
    unknown = [topic(draft, words.predictors) for _ in range(500)]
    assert not set(unknown) & TOPICS
    assert len(set(unknown)) > 400
    assert all(word.isidentifier() and not keyword.iskeyword(word) for word in unknown)
    assert all(topic(draft, ("farms",)).endswith("s") for _ in range(50))
    draft.rates = Rates(unknown=0)
    assert {topic(draft, words.predictors) for _ in range(500)} <= set(words.predictors)


def test_terms_stand_in_the_order_of_the_prompt():
    several = 0
    for seed in range(60):
        example = make(seed, CLEAN, families={linear.regression: 1.0})
        shown = predictors_of(example)
        used = [name for name in re.findall(r"\b\w+\b(?!=)", example.program.split(LIKELIHOOD)[1]) if name in shown]
        several += len(used) > 1
        assert used == sorted(used, key=shown.index)
    assert several > 20


def test_several_effects_of_groups_have_spreads_and_offsets_called_after_them():
    for seed in range(60):
        example = make(seed, CLEAN, families={groups.varying_slopes: 1.0, groups.two_groupings: 1.0})
        assert not {"tau", "sigma_group", "sd_group"} & set(assigned(example.prompt + example.program))


def test_an_even_rate_of_one_writes_every_family_about_as_often():
    counts = Counter(make(seed, replace(CLEAN, even=1)).family for seed in range(600))
    assert len(counts) == len(FAMILIES)
    assert max(counts.values()) < 4 * 600 / len(FAMILIES)


def test_a_data_name_is_never_a_keyword_a_builtin_or_a_module():
    sure = replace(CLEAN, made_up=1)
    names = {variable.name for seed in range(300) for variable in make(seed, sure).dataset.variables}
    assert all(name.isidentifier() for name in names)
    assert not names & {*keyword.kwlist, *dir(builtins), "pm", "np", "data", "model"}


def test_a_comment_rate_of_one_comments_every_prior_and_none_comments_nothing(sample):
    commented = [make(seed, replace(CLEAN, comments=1)) for seed in range(SAMPLE)]
    for plain_one, example in zip(sample, commented, strict=True):
        ast.parse(example.prompt + example.program)
        priors, _ = example.program.split(LIKELIHOOD)
        lines = [line for line in priors.splitlines() if " = pm." in line and '("' in line.split("#")[0][:40]]
        assert all("  # " in line for line in lines)
        assert plain_one.program.count("#") == 1
    assert any("  # scale" in example.program for example in commented)


# The tokenizer and the batches


def test_the_tokenizer_gives_back_every_byte(tokenizer, sample):
    for text in [*sources(sample), 'naïve = "µ\u200b"\t# 3.5e-7\r\n']:
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_a_name_is_the_same_tokens_wherever_it_stands(tokenizer):
    (token,) = tokenizer.encode("sigma").ids
    for text in ('"sigma"', "=sigma,", "(sigma)", "sigma_y", " sigma"):
        assert token in tokenizer.encode(text).ids


def test_a_tokenizer_is_learnt_the_same_twice(tokenizer):
    assert train_tokenizer(Rates(), vocabulary=400, sample=100).to_str() == tokenizer.to_str()


def test_copied_names_are_those_of_the_data_and_those_assigned_before():
    program = '    mu = pm.Normal("mu", mu=0, sigma=s)\n    # Likelihood\n    pm.Normal("y_obs", mu=mu, observed=y)\n'
    spans = copied_spans(program, frozenset({"y", "s"}))
    assert [program[start:end] for start, end in spans] == ["mu", "s", "y", "mu", "y"]
    assert spans[0][0] == program.index('"mu"') + 1


def test_a_row_holds_prompt_and_program_between_its_end_tokens(tokenizer, sample):
    row = encode(sample[0], tokenizer, Weights())
    assert (row.tokens[0], row.tokens[-1]) == (BOS_ID, EOS_ID)
    assert tokenizer.decode(row.tokens) == sample[0].prompt + sample[0].program
    assert len(row.tokens) == len(row.weights)
    assert row.weights[0] == 0


def test_rows_of_a_batch_are_of_similar_length(tokenizer):
    batches = pool(0, 10, tokenizer, Rates(), Weights())
    padding = sum(float((batch.inputs == PAD_ID).sum()) for batch in batches)
    assert padding < 0.08 * sum(batch.inputs.numel() for batch in batches)


def test_a_stream_continues_where_another_would_be(tokenizer):
    whole = list(islice(stream(0, 200, tokenizer, Rates(), Weights()), 6))
    rest = list(islice(stream(3, 200, tokenizer, Rates(), Weights()), 3))
    assert all(torch.equal(a.inputs, b.inputs) for a, b in zip(whole[3:], rest, strict=True))


# The training


def weights_of(training):
    return torch.cat([parameter.detach().flatten() for parameter in training.network.parameters()])


def test_an_interrupted_training_ends_with_the_weights_of_an_undisturbed_one(tokenizer, tiny, tmp_path):
    undisturbed = begin(tiny, tokenizer, "cpu")
    train(undisturbed, "cpu", None, compile_network=False)
    first = begin(tiny, tokenizer, "cpu")
    train(first, "cpu", tmp_path / "checkpoint.pt", stopped=lambda: first.step == 2, compile_network=False)
    second = begin(tiny, tokenizer, "cpu")
    resume(second, tmp_path / "checkpoint.pt")
    assert second.step == 2
    train(second, "cpu", None, compile_network=False)
    assert torch.equal(weights_of(second), weights_of(undisturbed))
    assert second.tokens == undisturbed.tokens


def test_a_checkpoint_of_other_settings_is_refused(tokenizer, tiny, tmp_path):
    save_checkpoint(begin(tiny, tokenizer, "cpu"), tmp_path / "checkpoint.pt")
    other = begin(replace(tiny, seed=2), tokenizer, "cpu")
    with pytest.raises(ValueError, match="other settings"):
        resume(other, tmp_path / "checkpoint.pt")


@pytest.fixture
def command(monkeypatch, tokenizer, tiny, tmp_path):
    """The training command with a tiny network: (flags, stops after how many looks) to its exit status."""
    monkeypatch.setattr(train_command, "train_tokenizer", lambda *_: tokenizer)
    monkeypatch.setattr(train_command, "Settings", partial(Settings, rows=4, shape=tiny.shape))
    monkeypatch.setattr(train_command, "train", partial(train, compile_network=False))

    def run(name, *flags, looks=99):
        answers = iter([False] * looks + [True])
        monkeypatch.setattr(train_command, "_interrupts", lambda: SimpleNamespace(is_set=lambda: next(answers)))
        places = ["--output", str(tmp_path / name), "--checkpoint", str(tmp_path / name)]
        kept = [*places, "--finish-steps", "2", "--last-steps", "2"]
        return train_command.main(train_arguments([*kept, *flags]))

    threads = torch.get_num_threads()
    yield run
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(False)


@pytest.mark.parametrize(("looks", "step"), [(2, 2), (4, 1)], ids=["first stage", "last stage"])
def test_the_same_command_goes_on_after_an_interruption_and_ends_with_the_same_weights(
    command, tmp_path, capsys, looks, step
):
    assert command("undisturbed", "--steps", "3") == 0
    assert command("stopped", "--steps", "3", looks=looks) == 130
    assert f"Interrupted at step {step}. Run the same command again" in capsys.readouterr().err
    assert not (tmp_path / "stopped").exists()
    assert command("stopped", "--steps", "3") == 0
    assert f"Going on from step {step}" in capsys.readouterr().out
    hashes = [read_record(tmp_path / name)["sha256"] for name in ("undisturbed", "stopped")]
    assert hashes[0] == hashes[1]
    assert not list(tmp_path.glob("*.pt"))


@pytest.mark.slow
def test_two_threads_give_the_same_weights_twice(command, monkeypatch, tmp_path):
    monkeypatch.setattr(train_command, "train", train)
    monkeypatch.setattr(train_command, "Settings", Settings)
    for name in ("one", "other"):
        assert command(name, "--threads", "2", "--steps", "12") == 0
    one, other = (tmp_path / name / "model.safetensors" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_a_checkpoint_of_another_command_is_refused_with_one_clear_line_and_kept(command, tmp_path, capsys):
    command("model", "--steps", "3", looks=2)
    capsys.readouterr()
    assert command("model", "--steps", "4") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "belongs to a training with other settings; remove it or pass another --checkpoint" in line
    assert (tmp_path / "model.1.pt").exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_file_that_is_no_checkpoint_is_refused_with_one_clear_line_and_kept(command, tmp_path, capsys, content):
    (tmp_path / "model.1.pt").write_bytes(content)
    assert command("model", "--steps", "3") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "model.1.pt is no checkpoint of a training; remove it or pass another --checkpoint" in line
    assert (tmp_path / "model.1.pt").read_bytes() == content


def test_an_interruption_before_the_first_step_is_one_clear_line(command, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(train_command, "train_tokenizer", interrupted)
    assert command("model") == 130
    assert capsys.readouterr().err == "Interrupted. Run the same command again to go on from the last checkpoint.\n"


def test_the_command_refuses_the_folder_of_another_model(tmp_path, capsys):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(SystemExit) as stopped:
        train_arguments(["--output", str(tmp_path)])
    assert stopped.value.code == 2
    assert "holds another model; pass --overwrite" in capsys.readouterr().err.splitlines()[-1]


def test_a_processor_without_bf16_trains_in_float32_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    with learning.precision("cpu"):
        assert not torch.is_autocast_enabled("cpu")
    assert "no fast bf16: training in float32" in capsys.readouterr().err


def steps_of(optimizer, matrices):
    """What two steps with the same random gradients change."""
    before = [matrix.detach().clone() for matrix in matrices]
    for seed in (1, 2):
        torch.manual_seed(seed)
        for matrix in matrices:
            matrix.grad = torch.randn_like(matrix)
        optimizer.step()
    return [matrix.detach() - old for matrix, old in zip(matrices, before, strict=True)]


@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float32])
def test_muon_takes_the_steps_of_torch_on_wide_square_and_tall_matrices(precision):
    """Rounding to bf16 changes a step by about a fiftieth of it."""
    steps = []
    for make_optimizer in (torch.optim.Muon, partial(BatchedMuon, precision=precision)):
        torch.manual_seed(0)
        shapes = [(32, 16), (16, 16), (16, 32), (32, 16), (16, 16)]
        matrices = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
        steps.append(steps_of(make_optimizer(matrices, lr=0.02, weight_decay=0.05), matrices))
    for torchs, ours in zip(*steps, strict=True):
        assert (ours - torchs).norm() < 0.05 * torchs.norm()


def test_training_attends_as_the_exported_model_does(tokenizer, tiny, tmp_path):
    network = begin(tiny, tokenizer, "cpu").network
    network.save_pretrained(tmp_path)
    exported = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert exported.config._attn_implementation == "sdpa"
    tokens = torch.randint(10, 400, (3, 50))
    with torch.no_grad():
        assert torch.allclose(network(tokens).logits, exported(tokens).logits, atol=1e-5)


def test_the_learning_rate_rises_stays_and_falls():
    rates = [learning_rate(step, 100, 10) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10:50] == [1.0] * 40
    assert rates[50:] == sorted(rates[50:], reverse=True)
    assert 0 < rates[-1] < 0.05


def test_the_exported_folder_loads_in_transformers_and_has_a_card(tokenizer, tiny, tmp_path):
    training = begin(tiny, tokenizer, "cpu")
    settings = {**asdict(tiny), "finish": asdict(tiny), "last": asdict(tiny)}
    export(training.network, tokenizer, settings, 1000, tmp_path / "model")
    loaded = AutoTokenizer.from_pretrained(tmp_path / "model")
    network = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    assert (loaded.pad_token_id, loaded.bos_token_id, loaded.eos_token_id) == (PAD_ID, BOS_ID, EOS_ID)
    assert loaded("y = 1").input_ids == [BOS_ID, *tokenizer.encode("y = 1").ids]
    assert loaded.decode(loaded("y = 1 # a, b").input_ids, skip_special_tokens=True) == "y = 1 # a, b"
    assert json.loads((tmp_path / "model" / "config.json").read_text())["torch_dtype"] == "float16"
    assert network.config.max_position_embeddings >= 1024
    record = read_record(tmp_path / "model")
    text = (tmp_path / "model" / "README.md").read_text()
    assert all(digest in text for digest in record["sha256"].values())
    check_folder(tmp_path / "model", overwrite=False)


def test_a_folder_with_another_model_is_refused_unless_overwritten(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(OtherModelError, match="holds another model; pass --overwrite"):
        check_folder(tmp_path, overwrite=False)
    check_folder(tmp_path, overwrite=True)


@pytest.mark.parametrize("record", ["", "[]", '{"name": "other"}'])
def test_a_folder_whose_record_is_not_of_this_model_is_refused(tmp_path, record):
    (tmp_path / "training.json").write_text(record)
    with pytest.raises(OtherModelError, match="holds another model"):
        check_folder(tmp_path, overwrite=False)


@pytest.mark.parametrize("name", ["model", "model/inside"])
def test_an_output_that_is_a_file_or_in_one_is_refused(tmp_path, name):
    (tmp_path / "model").write_text("")
    with pytest.raises(OtherModelError, match="not a folder"):
        check_folder(tmp_path / name, overwrite=True)


def test_an_output_that_may_not_be_written_is_refused_before_the_training(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)
    with pytest.raises(OtherModelError, match="may not be written"):
        check_folder(tmp_path / "model" / "inside", overwrite=False)


@pytest.mark.parametrize("script", ["train.py", "evaluate.py"])
def test_help_loads_neither_numpy_nor_torch_nor_pymc(script):
    told = subprocess.run(
        [sys.executable, "-X", "importtime", f"training/{script}", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {line.rsplit("|", 1)[-1].strip() for line in told.stderr.splitlines()}
    assert not loaded & {"numpy", "torch", "pymc"}


# The evaluation

GOOD = """\
    mu = pm.Normal("mu", mu=0, sigma=10)
    # Likelihood
    pm.Normal("y_obs", mu=mu, sigma=sigma, observed=y)
"""


def test_programs_are_judged_by_where_they_stop(judge):
    schools, points = DATASETS["eight_schools"], DATASETS["gp"]
    good = plain(schools) + GOOD
    counts = GOOD.replace("sigma=sigma", "sigma=5").replace("observed=y", "observed=k").replace("y_obs", "k_obs")
    written = {
        "good": (schools, good),
        "given up": (schools, None),
        "cut": (schools, good.replace(", observed=y)", ", observed=y")),
        "undeclared": (schools, good.replace("mu=mu,", "mu=nobody,")),
        "other outcome": (schools, good.replace("observed=y", "observed=sigma")),
        "infinite": (schools, good.replace('pm.Normal("y_obs", mu=mu, sigma', 'pm.Exponential("y_obs", lam')),
        "unsuitable": (points, plain(points) + counts),
    }
    found = dict(zip(written, scores(judge, list(written.values())), strict=True))
    assert found["good"].sensible
    assert (found["good"].distribution, found["good"].locations) == ("Normal", (1, 1))
    assert [name for name, one in found.items() if not one.finished] == ["given up"]
    assert [name for name, one in found.items() if not one.parses] == ["given up", "cut"]
    assert [name for name, one in found.items() if one.builds] == ["good", "unsuitable"]
    assert not found["unsuitable"].sensible
    assert "nobody" in found["undeclared"].why
    assert "not finite: y_obs" in found["infinite"].why
    shares = table(list(found.values()))
    assert str(shares["finished"]).startswith("85.7 %")
    assert (shares["builds with finite log density"].good, shares["builds with finite log density"].all) == (2, 6)


def test_a_program_that_never_ends_is_stopped_and_the_next_one_judged():
    dataset = DATASETS["eight_schools"]
    prompt = plain(dataset)
    programs = [prompt + "    while True:\n        pass\n", prompt + "    x = (\n", prompt + GOOD]
    with Judge(workers=1, seconds=3) as short:
        stages = [finding.stage for finding in short.judge([(program, dataset) for program in programs])]
    assert stages == [Stage.BUILD, Stage.PARSE, Stage.OK]


def test_the_columns_of_a_card_are_read_back_and_a_text_without_a_table_has_none():
    columns = {"free, T = 0.3": {"parses": "97.0 % [94.4, 98.4]", "families": "3"}, "fresh": {"parses": "none"}}
    assert read_markdown(f"# Card\n\n| a | |\n|---|---|\n| b | c |\n\n{as_markdown(columns)}\n\nmore | text") == columns
    assert read_markdown("# Card\n\n| a | |\n|---|---|\n| b | c |\n") == {}


def test_a_share_carries_its_wilson_interval():
    assert str(Share(good=90, all=100)) == "90.0 % [82.6, 94.5]"
    assert str(Share(good=0, all=0)) == "none"


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("eight_schools", "StudentT", "Poisson"),
        ("dugongs", "LogNormal", "Binomial"),
        ("glm", "BetaBinomial", "Poisson"),
        ("gp", "NegativeBinomial", "Normal"),
        ("surgical", "Binomial", "Bernoulli"),
    ],
)
def test_likelihoods_suit_the_kind_of_the_outcome(name, right, wrong):
    assert right in sensible_distributions(DATASETS[name])
    assert wrong not in sensible_distributions(DATASETS[name])


def test_a_continuation_ends_where_the_model_block_does():
    assert until_dedent("    a = 1\n\n    b = 2\nprint(a)\n    c = 3\n") == "    a = 1\n\n    b = 2\n"


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("eight_schools", GOOD, "Normal: constant"),
        ("eight_schools", GOOD.replace("sigma=10", "sigma=10, shape=J"), "Normal: effects"),
        ("eight_schools", GOOD.replace("sigma=sigma", "sigma=np.sqrt(sigma**2 + mu**2)"), "Normal: summed variance"),
        ("glm", "b = pm.Normal('b', 0, 1)\npm.Binomial('o', n=N, logit_p=b * year, observed=C)", "Binomial: linear"),
        (
            "glm",
            "b = pm.Normal('b', 0, 1)\npm.Binomial('o', n=N, logit_p=b * year**2, observed=C)",
            "Binomial: degree 2",
        ),
        ("dugongs", "b = pm.Normal('b', 0, 1)\npm.Normal('o', mu=b * np.log(x), sigma=1, observed=Y)", "Normal: log"),
        ("dugongs", "b = pm.Normal('b', 0, 1)\npm.Normal('o', mu=x / (b + x), sigma=1, observed=Y)", "Normal: ratio"),
        (
            "gp",
            "g = pm.gp.Latent(cov_func=c)\npm.Poisson('o', mu=pm.math.exp(g), observed=k)",
            "Poisson: Gaussian process",
        ),
    ],
)
def test_the_family_of_a_program_is_read_off_it(name, body, expected):
    dataset = DATASETS[name]
    lines = body if body.startswith("    ") else "".join(f"    {line}\n" for line in body.splitlines())
    predictors = frozenset(variable.name for variable in dataset.variables if variable.role is Role.PREDICTOR)
    assert family(plain(dataset) + lines, predictors) == expected


@pytest.mark.slow
def test_the_shipped_model_writes_programs_that_build_under_grammar_and_predicates(judge):
    writer = Constrained.load(LanguageModel.load(str(OUTPUT)), seed=1)
    datasets = [DATASETS["eight_schools"], DATASETS["surgical"]]
    written = writer.write(datasets, 0.3)
    assert written == writer.write(datasets, 0.3)
    assert all(one.builds for one in scores(judge, list(zip(datasets, written, strict=True))) if one.finished)


def test_the_free_writer_reads_a_prompt_as_the_network_alone_does_whatever_else_is_in_the_batch():
    datasets = [DATASETS["eight_schools"], DATASETS["surgical"]]
    writer = Unconstrained.load(str(OUTPUT))
    writer.most_tokens = 30
    network = AutoModelForCausalLM.from_pretrained(OUTPUT, torch_dtype=torch.float32)
    LanguageModel.load(str(OUTPUT))  # another attention, which must not be the writer's
    for dataset, written in zip(datasets, writer.write(datasets, 1e-4), strict=True):
        read = writer.tokenizer(plain(dataset), return_tensors="pt", return_token_type_ids=False)
        alone = network.generate(**read, do_sample=False, temperature=None, max_new_tokens=30)
        expected = writer.tokenizer.decode(alone[0, read.input_ids.shape[1] :], skip_special_tokens=True)
        assert written == plain(dataset) + until_dedent(expected)


def test_a_card_is_written_only_into_a_folder_that_has_one(capsys):
    with pytest.raises(SystemExit):
        evaluate_arguments(["--model", "someone/model", "--card"])
    assert "argument --card: no folder with a model card: someone/model" in capsys.readouterr().err.splitlines()[-1]


def test_a_model_that_is_not_there_is_one_clear_line(capsys):
    assert evaluation.main(evaluate_arguments(["--model", "nowhere"])) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "unknown model 'nowhere'" in line


def test_random_variables_are_read_off_a_program():
    source = plain(DATASETS["eight_schools"]) + GOOD
    assert random_variables(source) == {"mu": "pm.Normal"}
    assert unused(source.replace("mu=mu", "mu=0")) == ["mu"]


def test_the_card_of_the_shipped_model_matches_its_files():
    record = read_record(OUTPUT)
    text = (OUTPUT / "README.md").read_text()
    assert all(digest in text for digest in record["sha256"].values())
    assert text.startswith(card(record)[:500])
    assert sum(path.stat().st_size for path in OUTPUT.iterdir()) <= 8e6
