"""One script out of a tree of modules: it does what the modules do, and refuses what it cannot carry."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from aios.web.device_bundle import BundleError, bundle

if TYPE_CHECKING:
    from pathlib import Path

TREE = {
    "app/start.js": """import { speak as say } from "./speak.js";
import * as sums from "../lib/sums.min.js";
import {
  again,
  order,
} from "./again.js";
const trim = "mine";
order.push("start");
console.log(say("beam"), sums.add(2, 3), again("x"), trim, order.join(" "), Object.keys(sums).sort().join());
""",
    "app/speak.js": """import { order } from "./order.js";
order.push("speak");
export const speak = (text) => `${mark}${trim(text)}`;
const mark = "import {";
function trim(text) {
return text.trim();
}
""",
    "app/order.js": "export const order = [];\n",
    "app/again.js": """export { order } from "./order.js";
import { speak } from "./speak.js";
export async function later() {}
export class Said {}
export function again(text) { return speak(text) + speak(text); }
""",
    "lib/sums.min.js": "/*! sums 1.0 */\nvar e=(a,b)=>a+b;export{e as add,e as plus};\n",
}


def test_it_does_what_the_modules_do(tmp_path: Path):
    for name, text in TREE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "whole.js").write_text(bundle(TREE.__getitem__, "app/start.js"))
    modules = _run(tmp_path / "app/start.js")
    assert modules == "import {beam 5 import {ximport {x mine speak start add,plus\n"
    assert _run(tmp_path / "whole.js") == modules


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("const a = 1;\nexport let b = a;", "b.js:2: .*export let b"),
        ("export default 1;", "b.js:1: .*export default"),
        ('export * from "./c.js";', "b.js:1: .*export [*]"),
        ('import whole from "./c.js";', "b.js:1: .*import whole"),
        ('import "./c.js";', "b.js:1: "),
        ("export const { a } = {};", "b.js:1: "),
        ('import { c } from "./c.js";\nimport { d } from "./d.js";', "b.js imports d.js, which is not there"),
        ('import { a } from "./a.js";', "a.js imports itself by way of b.js"),
    ],
)
def test_what_cannot_be_carried_names_its_place(module: str, said: str):
    tree = {"a.js": 'import * as b from "./b.js";\n', "b.js": module, "c.js": "export const c = 1;\n"}
    with pytest.raises(BundleError, match=said):
        bundle(tree.__getitem__, "a.js")


async def test_the_worker_is_one_script(client):
    worker = await client.get("/sw.js")
    address = worker.text.split('"')[1]
    script = await client.get(address)
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert not any(line.startswith(("import ", "export ")) for line in script.text.splitlines())


def _run(path: Path) -> str:
    return subprocess.run(
        ["node", str(path)],  # noqa: S607  Node is where the person has it
        check=True,
        capture_output=True,
        text=True,
    ).stdout
