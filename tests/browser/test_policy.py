"""The shipped crypto under the console's policy: what needs WebAssembly, and for how long a key stays in a page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Vault

HOLD = """
    const drops = [];
    const holder = new vault.Holder(() => drops.push(Date.now()));
    const made = await vault.makeKeyFile("a passphrase");
    holder.hold(await vault.openKeyFile(made.file, "a passphrase"));
    globalThis.held = { holder, drops };
"""
LOOK = "return { key: globalThis.held.holder.key !== null, drops: globalThis.held.drops.length }"


@pytest.fixture
def held(page: Page, bundles: str) -> Vault:
    """A page whose clock stands still, with an unlocked key in a holder."""
    page.clock.install()
    page.goto(bundles)
    vault = Vault(page)
    vault.run(HOLD)
    return vault


def test_only_key_files_need_web_assembly(page: Page, bundles: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{bundles}/without-wasm")
    vault = Vault(page)
    script = """
        const pair = await vault.envelope.newPair();
        const key = await vault.envelope.importKey(pair.private);
        const box = await vault.sealDraft(key, "one", "whatever");
        return await vault.openDraft(key, "one", box);
    """
    assert vault.run(script) == "whatever"
    assert complaints == []
    tried = "try { await vault.makeKeyFile('a passphrase'); return null; } catch (fault) { return fault.name; }"
    assert vault.run(tried) == "CompileError"


def test_the_policy_blocks_eval_and_markup_from_text(page: Page, bundles: str) -> None:
    """A test that the tests run under the policy at all."""
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(bundles)
    page.evaluate("() => { try { document.body.innerHTML = '<b>x</b>'; } catch {} }")
    expect(page.locator("b")).to_have_count(0)
    assert any("TrustedHTML" in line for line in blocked)


def test_a_key_is_forgotten_after_fifteen_idle_minutes(held: Vault) -> None:
    held.page.clock.fast_forward("14:50")
    assert held.run(LOOK) == {"key": True, "drops": 0}
    held.page.clock.fast_forward("00:15")
    assert held.run(LOOK) == {"key": False, "drops": 1}


def test_use_begins_the_idle_time_anew(held: Vault) -> None:
    held.page.clock.fast_forward("14:00")
    held.run("globalThis.held.holder.touch()")
    held.page.clock.fast_forward("14:00")
    assert held.run(LOOK) == {"key": True, "drops": 0}


def test_a_page_that_slept_does_not_wake_up_with_its_key(held: Vault) -> None:
    held.run("globalThis.now = Date.now; Date.now = () => globalThis.now() + 16 * 60_000")
    held.run("globalThis.held.holder.touch()")
    assert held.run(LOOK) == {"key": False, "drops": 1}


def test_a_key_can_be_dropped_at_once_and_drops_once(held: Vault) -> None:
    held.run("globalThis.held.holder.drop(); globalThis.held.holder.drop()")
    held.page.clock.fast_forward("20:00")
    assert held.run(LOOK) == {"key": False, "drops": 1}


def test_nothing_of_a_key_is_stored_in_the_browser(held: Vault) -> None:
    script = (
        "return [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie]"
    )
    assert held.run(script) == [0, 0, 0, ""]


def test_offered_passphrases_are_six_words_that_differ(vault: Vault) -> None:
    offered = [vault.run("return vault.words()").split(" ") for _ in range(20)]
    assert {len(words) for words in offered} == {6}
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for words in offered for word in words)
    assert len({tuple(words) for words in offered}) == 20
