# SPDX-License-Identifier: GPL-3.0-or-later
"""Training joint models: the rows' parts, the balances, a kill survived to the same weights, a user's own folder."""

import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import rfsec, the_error

torch = pytest.importorskip("torch")

from gnuradio.rfsec.datasets.amplifiers import left_out  # noqa: E402
from gnuradio.rfsec.datasets.joint_folder import AS_RECORDED_DB, load_joint_folder  # noqa: E402
from gnuradio.rfsec.errors import DatasetError, ModelError, ParameterError, RecordingError  # noqa: E402
from gnuradio.rfsec.inference.representations import represent  # noqa: E402
from gnuradio.rfsec.inference.session import ModelSession  # noqa: E402
from gnuradio.rfsec.training.joint_corpus_folder import FolderCorpus  # noqa: E402
from gnuradio.rfsec.training.joint_loop import joint_logits, train_joint  # noqa: E402
from gnuradio.rfsec.training.joint_produce import limits_of, note_of  # noqa: E402
from gnuradio.rfsec.training.joint_recipes import JOINT, find_joint_recipe  # noqa: E402
from gnuradio.rfsec.training.networks.joint_conv import FiltersAndProducts  # noqa: E402
from gnuradio.rfsec.training.quantise_file import twin_of  # noqa: E402
from gnuradio.rfsec.training.quantise_joint import quantise_joint  # noqa: E402
from gnuradio.rfsec.training.task_balance import DynamicWeightAverage, FixedWeights, UncertaintyWeights  # noqa: E402

CPU, HERE = torch.device("cpu"), os.path.dirname(__file__)
LABELS = {"modulation": 8, "emitter": 6}
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
sys.path[:0] = sys.argv[2:]
from test_joint import small
from gnuradio.rfsec.training import joint_loop
joint_loop.LONGEST_UNSAVED_S = -1.0

def report(progress):
    if progress.windows_seen >= 1000:
        os.kill(os.getpid(), signal.SIGKILL)

joint_loop.train_joint(*small("joint-conv"), 2, Path(sys.argv[1]), torch.device("cpu"), 1, report)
"""


def small(name: str, seed: int = 3, **changes):
    """A recipe, and its data with one window of each recording at each SNR: 1,680 to train on."""
    recipe = find_joint_recipe(name)
    return recipe, replace(recipe.corpus(seed), per_snr=1, **changes)


def made(name: str):
    recipe = find_joint_recipe(name)
    return recipe.network(tuple(LABELS[head] for head in recipe.heads))


@pytest.mark.parametrize("name, experts, gates, heads, transformers", [
    ("cnn-rff", 1, 0, 1, 0), ("cnn-amr", 1, 0, 1, 0), ("cnn-transformer-rff", 1, 0, 1, 1), ("cnn-transformer-amr", 1, 0, 1, 1),
    ("sb-cnn-transformer", 1, 0, 2, 2), ("mmoe-cnn-transformer", 3, 2, 2, 2), ("mmoe-cnn", 3, 2, 2, 0),
    ("mmoe-cnn-transformer-rff", 3, 1, 1, 1), ("mmoe-cnn-transformer-amr", 3, 1, 1, 1),
])
def test_rows_have_the_papers_parts(name, experts, gates, heads, transformers):
    network = made(name)
    assert len(network.experts) == experts and len(network.gates) == gates and len(network.heads) == heads
    assert sum(isinstance(one, torch.nn.TransformerEncoderLayer) for one in network.modules()) == transformers
    for expert in network.experts:
        assert sum(isinstance(one, torch.nn.Conv2d) for one in expert.modules()) == 9  # fig. 3
    out = network.eval()(torch.randn(3, 2, 6000))
    assert [one.shape for one in out] == [(3, LABELS[head]) for head in find_joint_recipe(name).heads]


def test_a_gate_chooses_among_experts():
    network = made("mmoe-cnn").eval()
    x = torch.randn(2, 2, 6000)
    with torch.no_grad():
        for task, gate in enumerate(network.gates):
            gate.weight.zero_()
            gate.bias.copy_(torch.eye(3)[task] * 50)
        out = network(x)
        for task, head in enumerate(network.heads):
            torch.testing.assert_close(out[task], head(network.experts[task](x)))


def test_fixed_weights_keep_the_length_of_a_step():
    losses = torch.tensor([1.0, 3.0])
    assert FixedWeights(2)(losses) == 4
    assert FixedWeights(2, 0.3)(losses).item() == pytest.approx(2 * (0.3 * 1 + 0.7 * 3))
    for first in (0, 1, -0.1):
        with pytest.raises(ParameterError, match=r"'first' weight of two tasks must be in \(0, 1\)"):
            FixedWeights(2, first)


def test_dynamic_weights_follow_how_slowly_a_loss_falls():
    balance = DynamicWeightAverage(2)
    balance.end_epoch(torch.tensor([1.0, 1.0]))
    assert balance.weights.tolist() == [1, 1]
    balance.end_epoch(torch.tensor([0.5, 1.0]))  # Liu et al. 2019, eq. 7: 2 softmax([0.5, 1] / 2)
    share = np.exp(0.25) / (np.exp(0.25) + np.exp(0.5))
    np.testing.assert_allclose(balance.weights, [2 * share, 2 - 2 * share], rtol=1e-6)
    assert set(balance.state_dict()) == {"weights", "last"}
    for solved in ([0.0, 0.4], [0.0, 0.3], [1e-3, 0.3]):
        balance.end_epoch(torch.tensor(solved))
        assert balance.weights.isfinite().all() and balance.weights.sum().item() == pytest.approx(2)


def test_uncertainty_is_least_where_the_variance_is_twice_the_loss():
    balance, losses = UncertaintyWeights(2), torch.tensor([0.2, 1.5])
    optimiser = torch.optim.Adam(balance.parameters(), 0.05)
    for _ in range(600):
        optimiser.zero_grad()
        balance(losses).backward()
        optimiser.step()
    np.testing.assert_allclose(balance.log_variance.exp().detach(), 2 * losses, rtol=1e-3)


def test_lag_products_do_not_turn_with_the_carrier():
    given, x = FiltersAndProducts(), torch.randn(1, 2, 600)
    turned = torch.stack([0.6 * x[:, 0] - 0.8 * x[:, 1], 0.8 * x[:, 0] + 0.6 * x[:, 1]], dim=1)
    one, other = given(x), given(turned)
    assert one.shape == (1, FiltersAndProducts.channels, 120)
    samples = FiltersAndProducts.channels * 2 // 7  # I and Q come first
    torch.testing.assert_close(other[:, samples:], one[:, samples:], atol=1e-4, rtol=1e-4)
    assert (other[:, :samples] - one[:, :samples]).abs().max() > 0.1


def test_pairs_are_left_out_of_training_and_tested():
    corpus = small("joint-conv-unseen-pairs")[1]
    training, test = corpus.part("training"), corpus.part("test")
    assert not left_out(training).any() and left_out(test).any()
    for labels in (training.modulation, training.emitter):
        assert len(np.unique(labels)) == len(np.unique(getattr(test, "modulation" if labels is training.modulation else "emitter")))
    assert len({(m, e) for m, e in zip(training.modulation, training.emitter)}) == 40


def test_fresh_noise_lowers_the_snr_and_nothing_else():
    quiet, noisy = (replace(small("joint-conv")[1], fresh_noise=fresh) for fresh in (False, True))
    one, other = quiet.chunk(5), noisy.chunk(5)
    np.testing.assert_array_equal(one.emitter, other.emitter)
    added = np.mean(np.abs(other.x - one.x) ** 2, axis=1)
    low = one.snr_db == 0
    assert 0.3 < (added[~low] > 0.1).mean() < 0.5 and added.max() < 10 ** 0.1 + 0.1 and np.median(added[low]) < 0.05
    assert np.array_equal(noisy.chunk(5).x, other.x)


def test_it_learns_and_two_runs_agree(tmp_path):
    recipe, corpus = small("joint-conv")
    recipe, found = replace(recipe, batch=32), []
    for name in ("one", "two"):
        network = train_joint(recipe, corpus, 1, tmp_path / name, CPU)
        logits = joint_logits(network, corpus.part("test"), CPU)
        found.append(logits)
    assert all(np.array_equal(one, other) for one, other in zip(*found))
    assert np.mean(found[0][0].argmax(1) == corpus.part("test").modulation) > 0.3  # 0.125 by chance


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path):
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "killed"), HERE, os.path.dirname(HERE)],
                         capture_output=True, text=True, timeout=300)
    assert run.returncode == -9, run.stderr
    seen = {"killed": [], "whole": []}
    resumed, whole = (train_joint(*small("joint-conv"), 2, tmp_path / name, CPU, 1, lambda one: reports.append(one.windows_seen))
                      for name, reports in seen.items())
    assert seen["killed"] == [count for count in seen["whole"] if count >= 1000][1:] and seen["killed"]
    for one, other in zip(resumed.state_dict().values(), whole.state_dict().values()):
        assert torch.equal(one, other)
    with pytest.raises(DatasetError, match="other run|another run|'seed'|seed"):
        train_joint(*small("joint-conv", seed=4), 2, tmp_path / "killed", CPU)


@pytest.mark.parametrize("name", ["mmoe-cnn-transformer", "joint-conv"])
def test_what_is_exported_is_what_was_trained(name, tmp_path):
    from gnuradio.rfsec.training.export import export_onnx
    from small_joint import joint_card

    torch.manual_seed(2)
    network = made(name).eval()
    export_onnx(network, joint_card(name), tmp_path / "model.onnx")
    session = ModelSession(tmp_path / "model.onnx")
    for batch in (1, 256 if name == "joint-conv" else 16):
        x = np.random.default_rng(batch).standard_normal((batch, 2, 6000), dtype=np.float32)
        with torch.no_grad():
            expected = network(torch.from_numpy(x))
        for one, other in zip(session.logits(x), expected, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4)


def write_folder(root, emitters=("a", "b"), modulations=("BPSK", "QPSK"), files=10, samples=6000):
    rng = np.random.default_rng(1)
    for emitter in emitters:
        for modulation in modulations:
            (root / emitter / modulation).mkdir(parents=True)
            for number in range(files):
                x = (rng.standard_normal((samples, 2)) * (1 + (emitter == "b"))).astype("<f4")
                x.tofile(root / emitter / modulation / f"run{number}_10dB.cf32")
    return root


def test_a_folder_of_files_trains_a_model(tmp_path):
    folder = write_folder(tmp_path / "mine")
    out = tmp_path / "mine.onnx"
    ran = rfsec("train", "joint-conv", "--data", str(folder), "--epochs", "1", "--out", str(out), "--checkpoint", str(tmp_path / "checkpoint"))
    assert ran.returncode == 0, ran.stderr
    card = ModelSession(out).card
    assert [head.labels for head in card.heads] == [["BPSK", "QPSK"], ["a", "b"]]
    assert card.training.data == "mine" and card.metrics.accuracy_by_snr.keys() == {"10"}
    assert card.input.samples_per_symbol is None and set(card.metrics.by_head) == {"modulation", "emitter"}

    assert "Name the folder that it was trained on with --data." in the_error(rfsec("quantise", out, "--out", tmp_path / "int8.onnx"))
    ran = rfsec("quantise", out, "--data", folder, "--out", tmp_path / "int8.onnx")
    assert ran.returncode == 0, ran.stderr
    twin = ModelSession(tmp_path / "int8.onnx").card
    assert twin.training.data == "mine" and twin.metrics.test_data == card.metrics.test_data
    assert twin.training.command == f"{card.training.command}; rfsec quantise joint-conv --seed 1 --data mine"
    for number in range(10):
        np.full(12_000, number + 1, "<f4").tofile(folder / "a" / "BPSK" / f"run{number}_10dB.cf32")
    assert "trained on other data ('mine') than the folder" in the_error(rfsec("quantise", out, "--data", folder, "--out", tmp_path / "int8.onnx"))


def test_other_files_of_a_folder_need_a_checkpoint_of_their_own(tmp_path):
    folder = write_folder(tmp_path / "mine", samples=6000)
    corpus = FolderCorpus(1, windows=load_joint_folder(folder, 6000))
    recipe = replace(find_joint_recipe("joint-conv"), batch=32)
    train_joint(recipe, corpus, 1, tmp_path / "checkpoint", CPU)
    np.ones(12_000, "<f4").tofile(folder / "a" / "BPSK" / "run0_10dB.cf32")
    with pytest.raises(DatasetError, match="'data_sha256' is"):
        train_joint(recipe, FolderCorpus(1, windows=load_joint_folder(folder, 6000)), 1, tmp_path / "checkpoint", CPU)


def test_a_card_says_how_noisy_the_training_windows_were():
    ours, papers = (note_of(*small(name), 1) for name in ("joint-conv", "cnn-rff"))
    assert "Half of them are brought to between -1 and 8 dB anew" in ours and "dB" not in papers


def test_a_card_speaks_of_heads_that_the_model_has():
    ours, rff, amr = (limits_of(*small(name))[0] for name in ("joint-conv", "cnn-rff", "cnn-amr"))
    assert ours == rff and "the 6 emitters" in ours and "the 8 modulations" in amr


def test_a_file_is_in_one_part_only(tmp_path):
    windows = load_joint_folder(write_folder(tmp_path / "mine", samples=20_000), 6000)
    parts = windows.split(1)
    files = [set(part.recording) for part in parts.values()]
    assert [len(one) for one in files] == [28, 8, 4] and not set.intersection(*files[:2]) | (files[0] & files[2])
    assert len(windows.windows) == 40 * 3
    (tmp_path / "mine" / "a" / "BPSK" / "run0_10dB.cf32").rename(tmp_path / "mine" / "a" / "BPSK" / "plain.cf32")
    assert set(load_joint_folder(tmp_path / "mine", 6000).windows.snr_db) == {10, AS_RECORDED_DB}


def test_each_file_has_a_number_of_its_own_however_many_there_are(tmp_path):
    write_folder(tmp_path, emitters=[f"a{number:03}" for number in range(129)], files=128, samples=4)
    windows = load_joint_folder(tmp_path, 4)
    np.testing.assert_array_equal(windows.windows.recording, np.arange(129 * 2 * 128))  # more than an int16 counts


def test_a_name_that_ends_in_no_whole_db_stands_as_it_was_recorded(tmp_path):
    folder = write_folder(tmp_path / "mine", files=4)
    for number, ending in enumerate(("10.5dB", "1000dB", "-5dB", "7dB")):
        (folder / "a" / "BPSK" / f"run{number}_10dB.cf32").rename(folder / "a" / "BPSK" / f"run{number}_{ending}.cf32")
    windows = load_joint_folder(folder, 6000).windows
    of_pair = windows[(windows.emitter == 0) & (windows.modulation == 0)]
    assert sorted(of_pair.snr_db) == [-5, 7, AS_RECORDED_DB, AS_RECORDED_DB]


def test_a_folder_is_called_by_its_name_however_it_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(write_folder(tmp_path / "mine"))
    assert load_joint_folder(Path("."), 6000).name == "mine"


def test_each_pair_of_labels_must_be_in_each_part(tmp_path):
    folder = write_folder(tmp_path / "mine", files=6)
    corpus = FolderCorpus(1, windows=load_joint_folder(folder, 6000))
    assert all(len({*zip(part.emitter, part.modulation)}) == 4 for part in map(corpus.part, ("training", "validation", "test")))
    (folder / "b" / "QPSK" / "run3_10dB.cf32").unlink()
    command = ("train", "joint-conv", "--data", folder, "--out", tmp_path / "x.onnx", "--checkpoint", tmp_path / "checkpoint")
    assert "at least 6 files of each pair of labels, to train, to validate and to test. Of b/QPSK it has 5." in the_error(rfsec(*command))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_no_model_should_learn_from_is_refused_by_its_name(tmp_path):
    folder = write_folder(tmp_path / "mine")
    file, other = folder / "a" / "QPSK" / "run0_10dB.cf32", folder / "b" / "BPSK" / "run0_10dB.cf32"
    kept = file.read_bytes()
    (folder / ".git" / "hooks").mkdir(parents=True)
    for hidden in (folder / ".git" / "hooks" / "sample", folder / "a" / "QPSK" / ".DS_Store"):
        hidden.write_text("no recording")
    assert len(load_joint_folder(folder, 6000).windows) == 40

    def refused(error, words):
        with pytest.raises(error, match=words):
            load_joint_folder(folder, 6000)

    file.write_bytes(bytes(48_000) + kept)
    refused(DatasetError, "a/QPSK/run0_10dB.cf32' has 6000 zeros on end")
    file.unlink()
    file.symlink_to(other)
    refused(DatasetError, "a/QPSK/run0_10dB.cf32' and '.*b/BPSK/run0_10dB.cf32' hold the same samples")
    file.unlink()
    file.symlink_to(tmp_path / "nowhere.cf32")
    refused(RecordingError, "run0_10dB.cf32'.* take it out of the folder.")
    file.unlink()
    (folder / "a" / "QPSK" / "notes.txt").write_text("no recording")
    refused(RecordingError, "notes.txt.* take it out of the folder.")
    assert "Got an empty name" in the_error(rfsec("train", "joint-conv", "--data", "", "--out", tmp_path / "x.onnx"))


@pytest.mark.parametrize("name", ["joint-conv-random", "mmoe-cnn-transformer-unseen-pairs"])
def test_a_model_that_differs_by_its_data_takes_no_others(name, tmp_path):
    folder = write_folder(tmp_path / "mine")
    assert "takes no --data" in the_error(rfsec("train", name, "--data", folder, "--epochs", "1", "--out", tmp_path / "x.onnx"))


def test_an_int8_twin_has_the_data_of_its_parent(tmp_path):
    from small_joint import joint_card

    def refused(seed=None, **changes):
        card = joint_card("mine")
        training = card.training.model_copy(update={"data": "amplifiers, repeated data"})
        with pytest.raises((ModelError, ParameterError)) as refusal:
            quantise_joint(tmp_path / "mine.onnx", card.model_copy(update={"training": training, **changes}), tmp_path / "x.onnx", seed, print, None)
        return str(refusal.value)

    others = [head.model_copy(update={"labels": head.labels[:2]}) for head in joint_card("mine").heads]
    assert "names no data that can be generated again" in refused(heads=others)
    assert "'--seed' of mine must be its own, 1" in refused(seed=7)


def test_the_card_of_an_int8_twin_is_as_valid_as_its_parents():
    from small_joint import joint_card

    head = {"accuracy": 0.5, "accuracy_by_snr": {"0": 0.5}, "accuracy_by_label": {}, "expected_calibration_error": 0.1}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        twin = twin_of(joint_card("mine"), "0" * 64, 1, None, "none", {"accuracy": 0.25, "by_head": {"emitter": head}})
    assert twin.metrics.accuracy == 0.25 and twin.metrics.by_head["emitter"].accuracy == 0.5 and twin.metrics.test_data == "none"


@pytest.mark.parametrize("damage, said", [
    (lambda root: None, "no folder"),
    (lambda root: write_folder(root, emitters=("a",)), "at least two emitters and two modulations. It has 1 and 2"),
    (lambda root: write_folder(root, samples=5999), "is too short: a window has 6000 samples. It has 5999"),
    (lambda root: write_folder(root, files=5), "at least 6 files of each pair of labels"),
    (lambda root: write_folder(root, emitters=("a", "b" * 65)), "must be two or more, all different, of 1 to 64 characters that can be printed. Got 'bbb"),
    (lambda root: np.full(12_000, np.nan, "<f4").tofile(write_folder(root) / "a" / "BPSK" / "x.cf32"), "not finite"),
])
def test_a_bad_folder_is_one_line(damage, said, tmp_path):
    damage(tmp_path / "mine")
    out = tmp_path / "mine.onnx"
    ran = rfsec("train", "joint-conv", "--data", str(tmp_path / "mine"), "--epochs", "1", "--out", str(out), "--checkpoint", str(tmp_path / "c"))
    assert said in the_error(ran) and not out.exists()


def test_options_of_other_models_are_refused():
    assert "takes no --windows" in the_error(rfsec("train", "joint-conv", "--windows", "5"))
    assert "must be at least 1" in the_error(rfsec("train", "joint-conv", "--epochs", "0"))


def test_every_weight_of_the_grid_has_a_recipe():
    names = set(JOINT)
    assert {f"mmoe-cnn-transformer-{n}to{10 - n}" for n in range(1, 10) if n != 5} <= names
    with pytest.raises(ParameterError, match="must be one of mmoe-cnn-transformer"):
        find_joint_recipe("none")
