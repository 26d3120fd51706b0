// The extension: starts the server and offers its commands.

import * as vscode from 'vscode';
import { showMarkdown, showPage } from './page';
import { recommend } from './recommend';
import { Server } from './server';
import { Status } from './status';

const loaded = performance.now();

let server: Server | undefined;

/** Starts the server; what is given back says how many milliseconds that took. */
export async function activate(context: vscode.ExtensionContext): Promise<{ activation: number }> {
  const log = vscode.window.createOutputChannel('reactorls', { log: true });
  const s = new Server(context, log);
  server = s;

  const command = (id: string, run: () => unknown) =>
    vscode.commands.registerCommand(`reactorls.${id}`, async () => {
      try {
        await run();
      } catch (err) {
        void vscode.window.showErrorMessage(`reactorls: ${err instanceof Error ? err.message : String(err)}`);
      }
    });
  context.subscriptions.push(
    log,
    s,
    new Status(s),
    command('restartServer', () => s.restart()),
    command('showLog', () => log.show()),
    command('showReport', async () => showPage('report', 'Async Runtimes', await s.execute<string>('reactorls.report', { format: 'html' }))),
    command('showExplanation', () => explain(s)),
    command('showRecommendation', () => recommend(s)),
    // Only a trusted folder may name the server.
    vscode.workspace.onDidGrantWorkspaceTrust(() => s.restart()),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration('reactorls.server.path')) {
        void s.restart();
      }
    }),
  );
  await s.restart();
  const activation = Math.round(performance.now() - loaded);
  log.info(`ready in ${activation} ms`);
  return { activation };
}

/** Explains what a person names; the rule under the cursor is proposed. */
async function explain(s: Server): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const here = editor && vscode.languages.getDiagnostics(editor.document.uri)
    .find((d) => d.source === 'reactorls' && d.range.contains(editor.selection.active));
  const code = typeof here?.code === 'object' ? here.code.value : here?.code;
  const subject = await vscode.window.showInputBox({
    title: 'reactorls: Explain',
    prompt: 'A rule, a runtime, or a feature such as tokio/net',
    value: code === undefined ? '' : String(code),
  });
  if (subject) {
    await showMarkdown('explain', subject, await s.execute<string>('reactorls.explain', { subject }));
  }
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
