// Pages beside the editor: the report, an explanation, a recommendation.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

const panels = new Map<string, vscode.WebviewPanel>();

function panel(id: string, title: string, scripts: boolean): vscode.WebviewPanel {
  let p = panels.get(id);
  if (p) {
    p.reveal(undefined, true);
  } else {
    p = vscode.window.createWebviewPanel(`reactorls.${id}`, title, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { enableScripts: scripts });
    p.onDidDispose(() => panels.delete(id));
    panels.set(id, p);
  }
  return p;
}

/** Shows a page that is whole HTML by itself in the colours of the editor. */
export function showPage(id: string, title: string, html: string): void {
  const p = panel(id, title, false);
  const draw = () => {
    p.webview.html = themed(html);
  };
  draw();
  const watching = vscode.window.onDidChangeActiveColorTheme(draw);
  p.onDidDispose(() => watching.dispose());
}

/** The page follows the system's light or dark; here it follows the editor's. */
function themed(html: string): string {
  const dark = [vscode.ColorThemeKind.Dark, vscode.ColorThemeKind.HighContrast].includes(vscode.window.activeColorTheme.kind);
  const colours = ':root { --bg: var(--vscode-editor-background); --ink: var(--vscode-editor-foreground); }';
  return html
    .replace('screen and (prefers-color-scheme: dark)', dark ? 'screen' : 'not all')
    .replace(/style-src 'sha256-[^']*'/, "style-src 'unsafe-inline'")
    .replace('</style>', `${colours}</style>`);
}

/** Shows markdown, with a button where there is something to do. */
export async function showMarkdown(id: string, title: string, markdown: string, action?: { label: string; run: () => void }): Promise<void> {
  const p = panel(id, title, true);
  const body = await vscode.commands.executeCommand<string>('markdown.api.render', markdown);
  const nonce = randomBytes(16).toString('base64');
  const button = action && `<p class="action"><button id="action">${action.label}</button></p>`;
  p.webview.html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">
body { max-width: 56em; padding: 0 1.5em 2em; line-height: 1.5; color: var(--vscode-editor-foreground); }
pre { padding: .75em 1em; overflow-x: auto; background: var(--vscode-textCodeBlock-background); }
code { font-family: var(--vscode-editor-font-family); }
a { color: var(--vscode-textLink-foreground); }
table { border-collapse: collapse; }
th, td { padding: .3em .7em; text-align: left; vertical-align: top; border: 1px solid var(--vscode-widget-border, #8884); }
.action { position: sticky; top: 0; margin: 0; padding: .75em 0; background: var(--vscode-editor-background); }
button { padding: .4em 1.2em; border: 0; cursor: pointer; color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
button:hover { background: var(--vscode-button-hoverBackground); }
</style>
</head>
<body>${button ?? ''}${body}
<script nonce="${nonce}">
const api = acquireVsCodeApi();
document.getElementById('action')?.addEventListener('click', () => api.postMessage('run'));
</script>
</body>
</html>`;
  const listening = p.webview.onDidReceiveMessage(() => {
    listening.dispose();
    action?.run();
  });
  p.onDidDispose(() => listening.dispose());
}
