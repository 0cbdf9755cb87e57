"""The data folders are read, and every problem names the folder or file that was really read."""

from datetime import date
from pathlib import Path

from gateway.catalogue import Problem, read_carriers, read_recipients, read_roles

TODAY = date(2026, 11, 21)
LINE = 'name = "Example Line"\ncontact = "desk@line.example"\nservice = "ferry"\n'


def of_carriers(folder: Path) -> tuple[set[str], list[Problem]]:
    problems: list[Problem] = []
    return set(read_carriers(folder, problems)), problems


def of_keys(folder: Path) -> list[Problem]:
    problems: list[Problem] = []
    assert read_recipients(folder, TODAY, problems) == {}
    return problems


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    missing = tmp_path / "elsewhere"
    assert of_keys(missing) == [Problem(str(missing), "there is no folder here; set GATEWAY_KEYS")]
    assert of_carriers(missing) == (set(), [Problem(str(missing), "there is no folder here; set GATEWAY_CARRIERS")])


def test_no_recipient_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "senders").mkdir()
    (problem,) = of_keys(tmp_path)
    assert problem.where == str(tmp_path)
    assert problem.text.startswith("no recipient: nothing will ever be delivered")


def test_a_wrong_recipient_is_named_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "ut-nsw").mkdir()
    (wrong,) = of_keys(tmp_path)
    assert wrong.where == str(tmp_path / "ut-nsw")
    assert "recipient.toml" in wrong.text


def test_a_directory_among_the_carriers_is_called_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    (tmp_path / "y.toml").write_bytes(b"name = '\xff'")
    (tmp_path / "z.toml").write_text("name = ")
    (tmp_path / "line.toml").write_text(LINE)
    found, (directory, bytes_, toml) = of_carriers(tmp_path)
    assert found == {"line"}
    assert (directory.where, directory.text) == (
        str(tmp_path / "x.toml"),
        "this is no file; a carrier is one file, <id>.toml",
    )
    assert bytes_.where == str(tmp_path / "y.toml")
    assert "UTF-8" in bytes_.text
    assert toml.where == str(tmp_path / "z.toml")


def test_roles_of_a_provider_s_people_are_read_or_the_file_is_named(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_roles(tmp_path, problems) is None
    assert problems == []
    file = tmp_path / "people.toml"
    file.write_text("[multi_factor]\n")
    assert read_roles(tmp_path, problems) is None
    assert [problem.where for problem in problems] == [str(file)]
    file.write_text(
        '[multi_factor]\namr = ["otp"]\n[[role]]\nclaim = "groups"\nis = "duty"\nkind = "viewer"\nsubject = "MTMLA"\n'
    )
    found = read_roles(tmp_path, problems)
    assert found is not None
    assert (found.roles[0].subject, len(problems)) == ("MTMLA", 1)
