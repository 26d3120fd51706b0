// One journey of a person through the real VS Code, with pictures of what is seen.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { directory, open, patience, project, server, shots, start, until } from './code-server.mjs';

const root = directory();
const folder = path.join(root, 'demo');
const timeout = 2 * patience;
const evil = path.join(root, 'evil-ran');
let vscode;
let browser;
let page;

fs.mkdirSync(shots, { recursive: true });
const shot = (name) => page.screenshot({ path: path.join(shots, `${name}.png`) });

before(async () => {
  project(folder);
  // What an untrusted folder might try: a server of its own.
  fs.mkdirSync(path.join(folder, '.vscode'));
  fs.writeFileSync(path.join(folder, 'server.sh'), `#!/bin/sh\ntouch '${evil}'\nexec '${server}' "$@"\n`, { mode: 0o755 });
  fs.writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify({ 'reactorls.server.path': path.join(folder, 'server.sh') }));
  vscode = await start(root, { machine: { 'reactorls.server.path': server } });
  ({ browser, page } = await open(root, vscode.url, folder));
});

after(async () => {
  if (page) {
    await shot('99-end').catch(() => undefined);
  }
  await browser?.close();
  await vscode?.stop();
  fs.rmSync(root, { recursive: true, force: true });
});

const input = () => page.locator('.quick-input-widget input.input');
const row = (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text });

/** Opens a file by name. Recent ones come first, so its own row is waited for. */
async function openFile(relative) {
  const base = path.basename(relative);
  await until(relative, async () => {
    await page.keyboard.press('Control+P');
    try {
      await input().waitFor({ state: 'visible', timeout: 3000 });
      await input().fill(path.join(folder, relative));
      await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${base}"]`).first().click({ timeout: 5000 });
      await page.locator(`.tab.active[data-resource-name="${base}"]`).waitFor({ timeout: 5000 });
      return true;
    } catch {
      await page.keyboard.press('Escape');
      return false;
    }
  });
}

async function command(title) {
  await until(title, async () => {
    await page.keyboard.press('F1');
    try {
      await input().waitFor({ state: 'visible', timeout: 3000 });
      await input().fill(`>${title}`);
      await row(title).first().click({ timeout: 5000 });
      return true;
    } catch {
      await page.keyboard.press('Escape');
      return false;
    }
  });
}

/** The text of the webview that is shown, which lies in frames within frames. */
async function webview(part) {
  return until(`a page with ${part}`, async () => {
    for (const frame of page.frames()) {
      const text = await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
      if (text.includes(part) && frame !== page.mainFrame()) {
        return { frame, text };
      }
    }
    return undefined;
  });
}

const squiggle = () => page.locator('.monaco-editor .squiggly-warning').first();
/** Moves the mouse to the name of the dependency, at the start of its line. */
const pointAtTokio = () => page.locator('.view-lines .view-line', { hasText: 'tokio' }).first().hover({ position: { x: 15, y: 9 } });

test('an untrusted folder: the server runs, but not the one that the folder names', { timeout }, async () => {
  const status = page.locator('#status\\.workspaceTrust a');
  await status.waitFor({ timeout: patience });
  assert.match(await status.innerText(), /Restricted Mode/);
  await openFile('Cargo.toml');
  await squiggle().waitFor({ timeout: patience });
  await shot('01-restricted');
  assert.ok(!fs.existsSync(evil), 'the server of an untrusted folder was run');
});

test('a trusted folder may name it', { timeout }, async () => {
  const status = page.locator('#status\\.workspaceTrust a');
  await status.click();
  await page.locator('.workspace-trust-editor').getByText('Trust', { exact: true }).first().click({ timeout: patience });
  await status.waitFor({ state: 'hidden', timeout: patience });
  await until('the server of the folder', () => fs.existsSync(evil));
});

test('squiggle and Problems', { timeout }, async () => {
  await openFile('Cargo.toml');
  await squiggle().waitFor({ timeout: patience });
  await page.keyboard.press('Control+Shift+M');
  const problem = page.locator('.markers-panel .monaco-list-row', { hasText: '`fs`' });
  await problem.first().waitFor({ timeout: patience });
  assert.match(await problem.first().innerText(), /reactorls\s*\(?unused-feature/);
  await shot('02-problems');
  await page.keyboard.press('Control+J'); // the panel makes room again
});

test('hover', { timeout }, async () => {
  const hover = page.locator('.monaco-hover:visible', { hasText: 'tokio' });
  await until('the hover', async () => {
    await page.mouse.move(5, 5);
    await pointAtTokio();
    return hover.first().waitFor({ timeout: 3000 }).then(() => true, () => false);
  });
  await shot('03-hover');
  await page.mouse.move(5, 5);
});

test('quick fix, saved', { timeout }, async () => {
  const item = page.locator('.action-widget .monaco-list-row', { hasText: '`fs`' });
  await until('the menu', async () => {
    await squiggle().click({ force: true, timeout: 3000 }).catch(() => undefined);
    await page.keyboard.press('Control+.');
    return item.first().waitFor({ timeout: 3000 }).then(() => true, () => false);
  });
  await shot('04-fix');
  await item.first().click();
  await squiggle().waitFor({ state: 'detached', timeout: patience });
  await page.keyboard.press('Control+S');
  await until('the file on disk', () => fs.readFileSync(path.join(folder, 'Cargo.toml'), 'utf8').includes('features = ["rt", "macros"]'));
});

test('the status bar names the reactors', { timeout }, async () => {
  const item = page.locator('#reactorls\\.reactorls\\.reactorls\\.reactors');
  await item.waitFor({ timeout: patience });
  assert.match(await item.innerText(), /Tokio|tokio|no runtime/);
});

test('the report', { timeout }, async () => {
  await command('Report on the Runtimes of This Workspace');
  const { text } = await webview('Async runtimes of demo');
  assert.match(text, /tokio/);
  await shot('05-report');
});

test('an explanation', { timeout }, async () => {
  await command('Explain a Rule, a Runtime or a Feature');
  await input().waitFor({ state: 'visible', timeout: patience });
  await input().fill('no-reactor');
  await page.keyboard.press('Enter');
  await webview('no-reactor');
  await shot('06-explain');
});

test('a recommendation', { timeout }, async () => {
  await openFile('Cargo.toml');
  await command('Recommend a Runtime');
  const title = page.locator('.quick-input-widget .quick-input-title', { hasText: 'Recommend a Runtime' });
  await title.waitFor({ timeout: patience });
  await page.waitForTimeout(500); // it fades in
  await shot('07-question');
  await until('the answer', async () => {
    if (await title.isVisible()) {
      await page.keyboard.press('Enter');
      await page.waitForTimeout(200);
      return false;
    }
    return page.frames().length > 1;
  });
  const { frame } = await webview('Entrypoint');
  await shot('08-recommendation');
  if (await frame.locator('#action').count()) {
    await frame.locator('#action').click();
    await until('the manifest', () => fs.readFileSync(path.join(folder, 'Cargo.toml'), 'utf8').includes('tokio'));
  }
});
