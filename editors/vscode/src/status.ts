// The item in the status bar: the reactors of the workspace that the file at hand
// belongs to.

import * as vscode from 'vscode';
import { Server } from './server';

interface Report {
  reactors: { name: string; drivers: unknown[] }[];
}

/** How long it must be quiet before the server is asked, in milliseconds. */
const quiet = 500;

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('reactorls.reactors', vscode.StatusBarAlignment.Right, 50);
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  private asked = 0;

  constructor(private readonly server: Server) {
    this.item.name = 'Async Runtimes';
    this.item.command = 'reactorls.showReport';
    const soon = () => this.soon();
    this.subscriptions = [
      server.onDidChange(soon),
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.workspace.onDidSaveTextDocument(soon),
    ];
    this.soon();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), quiet);
  }

  private async refresh(): Promise<void> {
    const mine = ++this.asked;
    const document = vscode.window.activeTextEditor?.document;
    const ours = document?.languageId === 'rust' || document?.fileName.endsWith('Cargo.toml');
    if (!ours || !this.server.running) {
      this.item.hide();
      return;
    }
    let report: Report;
    try {
      report = JSON.parse(await this.server.execute<string>('reactorls.report', { format: 'json' })) as Report;
    } catch {
      this.item.hide(); // a file of no package, or text in the middle of an edit
      return;
    }
    if (mine !== this.asked) {
      return;
    }
    const { reactors } = report;
    this.item.text = `$(pulse) ${reactors.map((r) => r.name).join(' + ') || 'no runtime'}`;
    this.item.tooltip = reactors.length
      ? reactors.map((r) => `${r.name}: ${r.drivers.length === 1 ? '1 crate drives it' : `${r.drivers.length} crates drive it`}`).join('\n')
      : 'Nothing in this workspace drives an async reactor';
    this.item.backgroundColor = reactors.length > 1 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}
