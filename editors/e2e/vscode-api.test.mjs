// The extension's behaviour, asked of the real extension host by a second extension.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { directory, open, patience, project, server, start, until, vsix } from './code-server.mjs';

test('the API in the extension host', { timeout: 3 * patience }, async () => {
  const root = directory();
  const result = path.join(root, 'result.txt');
  const vscode = await start(root, {
    extensions: [vsix, process.env.API_VSIX],
    trusted: true,
    machine: { 'reactorls.server.path': server },
    env: { REACTORLS_API_RESULT: result },
  });
  const { browser } = await open(root, vscode.url, project(path.join(root, 'demo')));
  try {
    await until('the result', () => fs.existsSync(result), 2 * patience);
    const said = fs.readFileSync(result, 'utf8');
    console.log(said);
    assert.match(said, / 0 failed\n$/);
  } finally {
    await browser.close();
    await vscode.stop();
    fs.rmSync(root, { recursive: true, force: true });
  }
});
