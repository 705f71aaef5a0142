import json

import pytest
import torch
from torch import nn

from rasad.training import state


def stepped(seed, steps=3):
    """A small model and its optimizer after some steps."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, fused=True)
    for _ in range(steps):
        step(model, optimizer)
    return model, optimizer


def step(model, optimizer):
    optimizer.zero_grad()
    model(torch.ones(5, 3)).square().sum().backward()
    optimizer.step()


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "last"
    for content in ("one", "two"):
        with state.replacing(folder) as new:
            assert list(new.iterdir()) == []
            (new / "file").write_text(content)
            (new / content).touch()
        assert (folder / "file").read_text() == content
    assert sorted(p.name for p in folder.iterdir()) == ["file", "two"]
    assert [p.name for p in tmp_path.iterdir()] == ["last"]


def test_an_error_leaves_the_old_folder_and_the_next_attempt_is_not_in_its_way(tmp_path):
    folder = tmp_path / "last"
    with state.replacing(folder) as new:
        (new / "file").write_text("old")
    with pytest.raises(KeyboardInterrupt), state.replacing(folder) as new:
        (new / "file").write_text("half")
        raise KeyboardInterrupt
    assert (folder / "file").read_text() == "old"
    with state.replacing(folder) as new:
        assert list(new.iterdir()) == []
        (new / "other").touch()
    assert [p.name for p in folder.iterdir()] == ["other"]


def test_a_kill_between_the_renames_is_mended(tmp_path):
    old = tmp_path / "last.old"
    old.mkdir()
    (old / "file").write_text("old")
    state.recover(tmp_path / "last")
    assert (tmp_path / "last" / "file").read_text() == "old"
    old.mkdir()
    state.recover(tmp_path / "last")
    assert (tmp_path / "last" / "file").exists()
    state.recover(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_what_was_written_is_read_back_to_the_bit(tmp_path):
    model, optimizer = stepped(1)
    progress = {"epoch": 2, "step": 7, "best": 0.1 + 0.2, "losses": {"tags": 1 / 3}}
    state.write(tmp_path, model, optimizer, progress)
    other, its_optimizer = stepped(2, steps=1)
    assert state.read(tmp_path, other, its_optimizer) == progress
    for one, two in ((model, optimizer), (other, its_optimizer)):
        step(one, two)
    assert all(value.equal(other.state_dict()[name]) for name, value in model.state_dict().items())
    before, after = optimizer.state_dict()["state"], its_optimizer.state_dict()["state"]
    assert all(value.equal(after[i][name]) for i, row in before.items() for name, value in row.items())


def test_an_optimizer_that_has_not_stepped_is_read_back(tmp_path):
    model, optimizer = stepped(1, steps=0)
    state.write(tmp_path, model, optimizer, {})
    other, its_optimizer = stepped(2, steps=0)
    assert state.read(tmp_path, other, its_optimizer) == {}
    assert its_optimizer.state_dict()["state"] == {}


def test_rates_are_not_part_of_the_state(tmp_path):
    model, optimizer = stepped(1)
    state.write(tmp_path, model, optimizer, {})
    optimizer.param_groups[0]["lr"] = 0.5
    state.read(tmp_path, model, optimizer)
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_nothing_is_pickled(tmp_path):
    state.write(tmp_path, *stepped(1), {"epoch": 1})
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "model.safetensors",
        "optimizer.safetensors",
        "progress.json",
    ]
    assert json.loads((tmp_path / "progress.json").read_text()) == {"epoch": 1}
