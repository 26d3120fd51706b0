// Finds the server's executable and says whether it can be used.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** The oldest server that knows the commands of this extension. */
const oldest = [0, 1, 0];

/** What a person can do about it is told with it. */
export class Unusable extends Error {}

/**
 * The path of the server: the setting's, the one packed with the extension, or the
 * one on the PATH.
 *
 * @throws Unusable where there is none that starts, or it is too old
 */
export async function find(context: vscode.ExtensionContext): Promise<string> {
  const name = process.platform === 'win32' ? 'reactorls.exe' : 'reactorls';
  const wanted = vscode.workspace.getConfiguration('reactorls').get<string>('server.path', '').trim();
  const found = wanted ? onPath(wanted) : (executable(context.asAbsolutePath(path.join('bin', name))) ?? onPath(name));
  if (!found) {
    throw new Unusable(
      wanted
        ? `the server ${wanted}, which the setting reactorls.server.path names, is no executable file`
        : 'no server was found: put reactorls on your PATH, or name it in the setting reactorls.server.path',
    );
  }
  check(found, await version(found));
  return found;
}

function onPath(name: string): string | undefined {
  if (path.basename(name) !== name) {
    return executable(name);
  }
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
    const found = dir && executable(path.join(dir, name));
    if (found) {
      return found;
    }
  }
  return undefined;
}

function executable(file: string): string | undefined {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

function version(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, ['--version'], { timeout: 10_000, windowsHide: true }, (err, stdout) => {
      if (err) {
        reject(new Unusable(`the server ${file} does not start: ${err.message.trim()}`));
      } else {
        resolve(stdout.trim());
      }
    });
  });
}

function check(file: string, said: string): void {
  const numbers = /^reactorls (\d+)\.(\d+)\.(\d+)/.exec(said)?.slice(1).map(Number);
  if (!numbers) {
    throw new Unusable(`${file} is not reactorls: asked for its version it said "${said.slice(0, 80)}"`);
  }
  const differing = numbers.findIndex((n, i) => n !== oldest[i]);
  if (differing >= 0 && numbers[differing]! < oldest[differing]!) {
    throw new Unusable(`the server ${file} is version ${numbers.join('.')}; ${oldest.join('.')} or newer is wanted`);
  }
}
