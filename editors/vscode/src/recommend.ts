// Asks the server's questions one after the other, and shows what it recommends.

import * as vscode from 'vscode';
import { showMarkdown } from './page';
import { Server } from './server';

interface Choice {
  value: string;
  label: string;
  detail?: string;
}

interface Step {
  question?: { id: string; title: string; choices: Choice[] };
  markdown?: string;
  applicable?: boolean;
}

export async function recommend(server: Server): Promise<void> {
  const answers: Record<string, string> = {};
  for (;;) {
    const step = await server.execute<Step>('reactorls.recommend', { answers });
    if (!step.question) {
      await show(server, answers, step);
      return;
    }
    const { id, title, choices } = step.question;
    const picked = await vscode.window.showQuickPick(
      choices.map((c) => ({ label: c.label, detail: c.detail, value: c.value })),
      { title: 'reactorls: Recommend a Runtime', placeHolder: title, ignoreFocusOut: true, matchOnDetail: true },
    );
    if (!picked) {
      return;
    }
    answers[id] = picked.value;
  }
}

async function show(server: Server, answers: Record<string, string>, step: Step): Promise<void> {
  const apply = {
    label: 'Apply',
    run: () => {
      server.execute('reactorls.recommend', { answers, apply: true }).then(undefined, (err: Error) => {
        void vscode.window.showErrorMessage(`reactorls: ${err.message}`);
      });
    },
  };
  await showMarkdown('recommend', 'Recommended Runtime', step.markdown ?? '', step.applicable ? apply : undefined);
}
