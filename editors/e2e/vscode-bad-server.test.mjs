// Servers that cannot be used: each is told of once, and none is started for ever.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { directory, open, patience, project, server, shots, sleep, start } from './code-server.mjs';

const root = directory();
const settings = path.join(root, 'data/Machine/settings.json');
const starts = path.join(root, 'starts');
let vscode;
let browser;
let page;

/** A script in place of a server; what it does when it is started is told. */
function script(name, version, run) {
  const file = path.join(root, name);
  fs.writeFileSync(file, `#!/bin/sh\nif [ "$1" = --version ]; then echo "${version}"; exit; fi\necho start >>'${starts}'\n${run}\n`, { mode: 0o755 });
  return file;
}

const use = (file) => fs.writeFileSync(settings, JSON.stringify({ 'reactorls.server.path': file }));
const started = () => (fs.existsSync(starts) ? fs.readFileSync(starts, 'utf8').split('\n').length - 1 : 0);
const toast = (text) => page.locator('.notification-toast', { hasText: text });

before(async () => {
  fs.mkdirSync(shots, { recursive: true });
  vscode = await start(root, { machine: { 'reactorls.server.path': '/nowhere/reactorls' }, trusted: true });
  ({ browser, page } = await open(root, vscode.url, project(path.join(root, 'demo'))));
});

after(async () => {
  await browser?.close();
  await vscode?.stop();
  fs.rmSync(root, { recursive: true, force: true });
});

/** The message is there once, says what to do, and is put away. */
async function told(text) {
  await toast(text).first().waitFor({ timeout: patience });
  const toasts = await page.locator('.notification-toast').allInnerTexts();
  assert.equal(toasts.length, 1, toasts.join('\n'));
  await page.screenshot({ path: path.join(shots, `bad-${text.replace(/\W+/g, '-')}.png`) });
  assert.match(await toast(text).first().innerText(), /Open Settings/);
  await toast(text).first().hover();
  await toast(text).first().locator('.codicon-notifications-clear').click();
  await toast(text).first().waitFor({ state: 'detached', timeout: patience });
}

test('none', { timeout: 2 * patience }, () => told('is no executable file'));

test('an old one', { timeout: 2 * patience }, async () => {
  use(script('old', 'reactorls 0.0.9', 'sleep 100'));
  await told('or newer is wanted');
  assert.equal(started(), 0);
});

test('another program', { timeout: 2 * patience }, async () => {
  use(script('other', 'hello', 'sleep 100'));
  await told('is not reactorls');
  assert.equal(started(), 0);
});

test('one that ends at once', { timeout: 2 * patience }, async () => {
  fs.rmSync(starts, { force: true });
  use(script('crash', 'reactorls 9.0.0', 'exit 1'));
  await told('as soon as it was started');
  const before = started();
  assert.ok(before <= 3, `${before} starts`);
  await sleep(3000); // nothing shall come of it any more
  assert.equal(started(), before);
});

test('one that ends again and again', { timeout: 2 * patience }, async () => {
  fs.rmSync(starts, { force: true });
  // It answers initialize and ends after the first file that is opened.
  use(script('loop', 'reactorls 9.0.0', `timeout 1 '${server}'; exit 1`));
  await told('is not started again');
  const before = started();
  assert.ok(before <= 4, `${before} starts`);
  await sleep(3000);
  assert.equal(started(), before);
});

test('a good one again', { timeout: 2 * patience }, async () => {
  use(server);
  await page.keyboard.press('Control+Shift+M');
  await page.locator('.markers-panel .monaco-list-row', { hasText: '`fs`' }).first().waitFor({ timeout: patience });
});
