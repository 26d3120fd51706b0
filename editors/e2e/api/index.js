// Runs inside the real extension host, beside the extension, and writes what came of
// it to the file that REACTORLS_API_RESULT names.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');

const patience = 60_000;

async function until(what, f) {
  for (const end = Date.now() + patience; ; ) {
    const got = await f();
    if (got) {
      return got;
    }
    if (Date.now() > end) {
      throw new Error(`timed out waiting for ${what}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

const folder = () => vscode.workspace.workspaceFolders[0].uri;
const uri = (...segments) => vscode.Uri.joinPath(folder(), ...segments);
const cargo = () => uri('Cargo.toml');
const ours = (u) => vscode.languages.getDiagnostics(u).filter((d) => d.source === 'reactorls');
const code = (d) => (typeof d.code === 'object' ? d.code.value : d.code);

const tests = {
  async 'activates, and says how long that took'() {
    const extension = vscode.extensions.getExtension('reactorls.reactorls');
    const { activation } = await extension.activate();
    assert.ok(activation > 0);
    return `${activation} ms from its code's first line until the server has answered`;
  },
  async 'shows the diagnostic'() {
    const document = await vscode.workspace.openTextDocument(cargo());
    await vscode.window.showTextDocument(document);
    const [d] = await until('the diagnostic', () => ours(cargo()).length && ours(cargo()));
    assert.equal(code(d), 'unused-feature');
    assert.equal(document.getText(d.range), '"fs"');
    assert.equal(d.severity, vscode.DiagnosticSeverity.Warning);
  },
  async 'hovers'() {
    const document = await vscode.workspace.openTextDocument(cargo());
    const at = document.positionAt(document.getText().indexOf('tokio') + 1);
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', cargo(), at);
    assert.match(hovers.flatMap((h) => h.contents.map((c) => c.value)).join('\n'), /tokio/);
  },
  async 'mends with a quick fix, which is saved'() {
    const [d] = ours(cargo());
    const actions = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', cargo(), d.range, vscode.CodeActionKind.QuickFix.value, 10);
    const fix = actions.find((a) => a.isPreferred);
    assert.ok(fix, JSON.stringify(actions.map((a) => a.title)));
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    const document = await vscode.workspace.openTextDocument(cargo());
    await document.save();
    assert.match(fs.readFileSync(cargo().fsPath, 'utf8'), /features = \["rt", "macros"\]/);
    await until('the diagnostic to go', () => ours(cargo()).length === 0);
  },
  async 'sees what changes outside'() {
    fs.writeFileSync(uri('src', 'other.rs').fsPath, 'pub async fn read() { let _ = tokio::fs::read("a").await; }\n');
    fs.writeFileSync(uri('src', 'main.rs').fsPath, `mod other;\n${fs.readFileSync(uri('src', 'main.rs').fsPath, 'utf8')}`);
    let touched = Date.now();
    await until('the diagnostic', () => {
      if (Date.now() - touched > 2000) { // the editor may not have watched yet
        touched = Date.now();
        fs.utimesSync(uri('src', 'main.rs').fsPath, new Date(), new Date());
      }
      return ours(uri('src', 'other.rs')).some((d) => code(d) === 'missing-feature') || ours(cargo()).some((d) => code(d) === 'missing-feature');
    });
  },
  async 'offers its commands'() {
    const all = await vscode.commands.getCommands(true);
    for (const id of ['showRecommendation', 'showReport', 'showExplanation', 'restartServer', 'showLog']) {
      assert.ok(all.includes(`reactorls.${id}`), id);
    }
  },
  async 'restarts'() {
    await vscode.commands.executeCommand('reactorls.restartServer');
    await until('the diagnostics of the new server', () => vscode.languages.getDiagnostics().some(([, list]) => list.some((d) => d.source === 'reactorls')));
  },
};

exports.activate = async () => {
  const result = process.env.REACTORLS_API_RESULT;
  if (!result) {
    return;
  }
  let passed = 0;
  let failed = 0;
  let out = '';
  for (const [name, run] of Object.entries(tests)) {
    const started = Date.now();
    try {
      const said = await run();
      passed++;
      out += `ok   ${name} (${Date.now() - started} ms)${said ? `: ${said}` : ''}\n`;
    } catch (err) {
      failed++;
      out += `FAIL ${name}\n${err.stack}\n`;
    }
  }
  fs.writeFileSync(`${result}.part`, `${out}${passed} passed, ${failed} failed\n`);
  fs.renameSync(`${result}.part`, result);
};
