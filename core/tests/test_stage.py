"""Commands beside `make run` reach the rehearsal it plays."""

import json
import subprocess
import sys
from pathlib import Path

from core.processes.stage import FILE, clear_stage, join_stage, set_stage

PLAYED = {
    "STRIPE_SECRET_KEY": "sk_test_rehearsal",
    "EMAIL_URL": "smtp://127.0.0.1:8602",
    "EMAIL_BACKEND_ESP": "resend",
}


def test_a_command_finds_the_rehearsal_of_a_running_house(tmp_path: Path) -> None:
    here = {"DATA_DIR": str(tmp_path)}
    set_stage(here, PLAYED)
    assert join_stage(here)
    assert here == {"DATA_DIR": str(tmp_path)} | PLAYED
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    clear_stage(here)
    assert not join_stage({"DATA_DIR": str(tmp_path)})


def test_what_is_given_stays_and_a_real_key_plays_nothing(tmp_path: Path) -> None:
    set_stage({"DATA_DIR": str(tmp_path)}, PLAYED)
    mail = {"DATA_DIR": str(tmp_path), "EMAIL_URL": "smtp://mail.example.com"}
    assert join_stage(mail)
    assert mail["EMAIL_URL"] == "smtp://mail.example.com"
    assert "EMAIL_BACKEND_ESP" not in mail
    live = {"DATA_DIR": str(tmp_path), "PAYSTACK_SECRET_KEY": "sk_live_1"}
    assert not join_stage(live)
    assert "STRIPE_SECRET_KEY" not in live


def test_what_a_killed_house_left_behind_counts_for_nothing(tmp_path: Path) -> None:
    here = {"DATA_DIR": str(tmp_path)}
    (tmp_path / FILE).parent.mkdir()
    process = subprocess.Popen([sys.executable, "-c", ""])
    gone = process.pid
    process.wait()
    for content in (json.dumps({"pid": gone, "environment": PLAYED}), "{", "[]", '{"pid": "x"}'):
        (tmp_path / FILE).write_text(content)
        assert not join_stage(here)
