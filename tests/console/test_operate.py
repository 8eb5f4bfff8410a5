"""Tenants, campaigns and leads from the command line, on real databases."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.cli import app
from kernel.errors import JingyinError


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yml"
    path.write_text(f"platform:\n  storage: {{directory: {tmp_path / 'data'}}}\n")
    return path


def run(site: Path, *arguments: str, code: int = 0) -> str:
    found: Result = CliRunner().invoke(app, [*arguments, "--site", str(site)])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == code, found.output
    return found.output


def test_from_a_tenant_to_a_running_campaign(site: Path, tmp_path: Path):
    run(site, "tenants", "create", "lessons", "--zone", "America/New_York")
    assert "lessons\tAmerica/New_York" in run(site, "tenants", "list")
    run(site, "campaigns", "create", "spring", "--tenant", "lessons", "--from", "09:00", "--to", "18:00")
    leads = tmp_path / "leads.csv"
    leads.write_text("name,phone\nAda,+1 202 555 0100\nBob,12\nCid,+1 202 555 0101\nDot,+1 (202) 555-0100\n")
    target = ("--tenant", "lessons", "--campaign", "spring")
    told = run(site, "leads", "import", str(leads), *target, "--preview", code=1)
    assert "a preview: nothing imported" in told
    assert "no leads" in run(site, "campaigns", "list", "--tenant", "lessons")
    told = run(site, "leads", "import", str(leads), *target, code=1)
    assert "leads.csv:line 3, phone" in told  # Bob's number, with what is wrong
    assert "12" not in told.split("line 3, phone")[1].splitlines()[0]  # but not the number itself
    assert "2 good rows, 1 wrong, 1 twice: 2 leads, 2 of them new customers" in told
    assert "imported before" in run(site, "leads", "import", str(leads), *target, code=1)
    assert "is running" in run(site, "campaigns", "start", "spring", "--tenant", "lessons")
    assert "spring\trunning\tcourse_en\t2 ready" in run(site, "campaigns", "list", "--tenant", "lessons")
    assert "is paused" in run(site, "campaigns", "pause", "spring", "--tenant", "lessons")
    assert "is stopped" in run(site, "campaigns", "stop", "spring", "--tenant", "lessons")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("tenants", "create", "b", "--zone", "Mars/Olympus"), "crm.zone_unknown"),
        (("tenants", "create", "a"), "crm.name_taken"),
        (("campaigns", "list", "--tenant", "nobody"), "console.unknown_tenant"),
        (("campaigns", "create", "c", "--tenant", "a", "--assistant", "none"), "console.unknown_assistant"),
        (("campaigns", "start", "none", "--tenant", "a"), "crm.not_found"),
    ],
)
def test_what_does_not_exist_is_said(site: Path, arguments: tuple[str, ...], code: str):
    run(site, "tenants", "create", "a")
    with pytest.raises(JingyinError) as raised:
        run(site, *arguments)
    assert raised.value.code == code
    assert raised.value.remedy


def test_users_are_made_and_listed_and_a_weak_password_is_refused(site: Path):
    run(site, "tenants", "create", "a")
    who = ("--tenant", "a", "--role", "agent", "--role", "supervisor")
    run(site, "users", "create", "sue", *who, "--password", "correct horse")
    assert "sue\tagent, supervisor" in run(site, "users", "list", "--tenant", "a")
    run(site, "users", "set-password", "sue", "--tenant", "a", "--password", "battery staple")
    run(site, "users", "create", "ann", *who, "--queue", "sales", "--queue", "default", "--password", "correct horse")
    assert "ann\tagent, supervisor\tann\tdefault, sales\n" in run(site, "users", "list", "--tenant", "a")
    assert "serves vip" in run(site, "users", "set-queues", "ann", "--tenant", "a", "--queue", "vip")
    assert "ann\tagent, supervisor\tann\tvip\n" in run(site, "users", "list", "--tenant", "a")
    assert "serves the default queue" in run(site, "users", "set-queues", "ann", "--tenant", "a")
    with pytest.raises(JingyinError, match="bob"):
        run(site, "users", "set-queues", "bob", "--tenant", "a", "--queue", "vip")
    with pytest.raises(JingyinError) as raised:
        run(site, "users", "create", "bob", *who, "--password", "short")
    assert raised.value.code == "crm.weak_password"
    assert "unknown role 'boss'" in run(
        site, "users", "create", "bob", "--tenant", "a", "--role", "boss", "--password", "correct horse", code=2
    )
