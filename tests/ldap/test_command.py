"""``gatepass ldap test`` and what ``gatepass check`` says of a directory."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gatepass_server.cli import main
from tests.support.house import CHEAP
from tests.support.slapd import BASE, BEE, BEE_SUBJECT, GROUPS, PEOPLE, SEARCHER, SECRET, Slapd

Run = Callable[..., Result]


@pytest.fixture
def run(slapd: Slapd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``gatepass``; what stands on standard input is ``text``, and settings are given by name."""
    monkeypatch.chdir(tmp_path)
    given: dict[str, object] = {
        **CHEAP,
        "ldap_url": slapd.url,
        "ldap_ca_file": slapd.certificate,
        "ldap_bind_dn": SEARCHER,
        "ldap_bind_password": SECRET,
        "ldap_base": BASE,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"GATEPASS_{name.upper()}", str(value))

    def run_one(*arguments: str, text: str = "", status: int = 0, **settings: str) -> Result:
        for name, value in settings.items():
            monkeypatch.setenv(f"GATEPASS_{name.upper()}", value)
        result = CliRunner().invoke(main, arguments, input=text, prog_name="gatepass")
        assert result.exit_code == status, result.output
        assert SECRET not in result.output
        assert BEE not in result.output
        return result

    run_one("db", "upgrade")
    return run_one


def test_the_directory_is_tried(run: Run) -> None:
    assert "can be searched" in run("ldap", "test").stdout
    assert "49 invalidCredentials" in run("ldap", "test", status=1, ldap_bind_password="old").stderr
    wrong = run("ldap", "test", status=1, ldap_url="ldaps://localhost:1")
    assert "refused" in wrong.stderr


def test_it_tells_what_a_person_would_get(run: Run, slapd: Slapd) -> None:
    group = slapd.group("staff", f"uid=bee,{PEOPLE}")
    run("roles", "create", "editor")
    mapped = f"editor={group};ghost={group}"
    told = run("ldap", "test", "--login", "bee@example.com", ldap_roles=mapped).stdout
    for text in (f"uid=bee,{PEOPLE}", BEE_SUBJECT, "not tried", "editor", "ghost", "none yet"):
        assert text in told
    proven = run("ldap", "test", "--login", "bee", "--password-file", "-", text=f"{BEE}\n").stdout
    assert "right" in proven
    wrong = run("ldap", "test", "--login", "bee", "--password-file", "-", text="wrong", status=1).stderr
    assert "Nobody would be let in" in wrong
    slapd.remove(f"cn=staff,{GROUPS}")


def test_it_says_what_to_do_where_it_cannot_be_tried(run: Run) -> None:
    assert "no entry" in run("ldap", "test", "--login", "nobody", status=1).stderr
    assert "--login" in run("ldap", "test", "--with-password", status=1).stderr
    assert "--password-file" in run("ldap", "test", "--login", "bee", "--with-password", status=1).stderr
    assert "ldap_url is empty" in run("ldap", "test", status=1, ldap_url="").stderr


def test_check_finds_roles_that_do_not_exist_and_readable_passwords(run: Run, slapd: Slapd) -> None:
    seen = run(
        "check", ldap_roles=f"ghost=cn=staff,{GROUPS}", ldap_url=slapd.plain_url, ldap_plaintext="true"
    )
    assert "gatepass roles create ghost" in seen.stdout
    assert "ldap_plaintext:" in seen.stdout
    assert "gatepass ldap test" in seen.stdout


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"ldap_user_filter": "person"}, "is not a search filter"),
        ({"ldap_group_filter": "member={dn}"}, "is not a search filter"),
        ({"ldap_ca_file": "nowhere.pem"}, "No such file"),
        ({"ldap_roles": "editor=cn=staff,ou"}, "distinguished name"),
    ],
)
def test_check_finds_what_the_directory_could_not_follow(
    run: Run, settings: dict[str, str], sentence: str
) -> None:
    assert sentence in run("check", status=1, **settings).stdout


def test_without_ldap3_it_is_said_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("gatepass_server.ldap.", "ldap3"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ldap3", None)
    assert "pip install 'gatepass-server[ldap]'" in run("ldap", "test", status=1).stderr
    assert "There are no accounts yet" in run("users", "list", ldap_url="").stdout
