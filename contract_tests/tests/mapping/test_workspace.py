"""Where mappings are looked for, and what happens when two folders know the same carrier."""

from cli.mapping.check import check_workspace
from cli.mapping.workspace import carrier_folders, find_workspace, list_carriers, list_products


def test_the_nearest_folder_upwards_with_mappings_is_the_workspace(hengtai, tmp_path):
    deep = tmp_path / "mappings" / "carriers" / "hengtai_life"
    assert find_workspace(deep) == tmp_path
    nested = tmp_path / "sub" / "mappings"
    nested.mkdir(parents=True)
    assert find_workspace(nested / "carriers") == tmp_path / "sub"


def test_a_folder_without_mappings_above_it_is_no_workspace(tmp_path):
    assert find_workspace(tmp_path) is None


def test_hidden_folders_and_files_are_no_carriers(hengtai, tmp_path):
    carriers = tmp_path / "mappings" / "carriers"
    (carriers / ".cache").mkdir()
    (carriers / "notes.md").write_text("a note")
    assert [folder.id for folder in list_carriers(tmp_path)] == ["hengtai_life"]


def test_products_are_the_yaml_files_of_their_folder(tmp_path):
    products = tmp_path / "mappings" / "products"
    products.mkdir(parents=True)
    (products / "travel.yaml").write_text("product: travel@1")
    assert [path.name for path in list_products(tmp_path)] == ["travel.yaml"]
    assert list_products(tmp_path / "elsewhere") == ()


def test_a_carrier_that_is_not_there_is_answered_with_the_nearest_name(hengtai, tmp_path):
    report = check_workspace(tmp_path, ("hengtay_life",))
    assert [str(each) for each in report.diagnostics] == [
        "mappings/carriers/hengtay_life:1:1: error E122: no carrier 'hengtay_life'; did you mean 'hengtai_life'?"
    ]


def test_a_carrier_in_the_shipped_folder_and_in_the_workspace_is_an_error(hengtai, tmp_path, monkeypatch):
    shipped = tmp_path / "shipped"
    (shipped / "mappings" / "carriers" / "hengtai_life").mkdir(parents=True)
    monkeypatch.setattr("cli.mapping.workspace.shipped", lambda: shipped)
    folders, found = carrier_folders(tmp_path)
    (said,) = map(str, found)
    assert said.startswith(
        "mappings/carriers/hengtai_life/carrier.yaml:1:1: error E122: carrier 'hengtai_life' is shipped"
    )
    assert [folder.root for folder in folders] == [tmp_path]


def test_shipped_carriers_stand_beside_the_workspaces_own(hengtai, tmp_path, monkeypatch):
    shipped = tmp_path / "shipped"
    (shipped / "mappings" / "carriers" / "acme").mkdir(parents=True)
    monkeypatch.setattr("cli.mapping.workspace.shipped", lambda: shipped)
    folders, found = carrier_folders(tmp_path)
    assert ([folder.id for folder in folders], found) == (["acme", "hengtai_life"], ())
