// Starts the server, keeps it running, and stops trying when it keeps failing.

import * as vscode from 'vscode';
import {
  CloseAction,
  CloseHandlerResult,
  ErrorAction,
  LanguageClient,
  LanguageClientOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { Unusable, find } from './binary';

/** So many ends within so many milliseconds are a loop. */
const loop = { ends: 3, within: 3 * 60 * 1000 };

/** Leaves it to us to say what a person must know; the rest is in the log. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private ends: number[] = [];
  private answered = false; // it was ready once since it was started anew
  private starting: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when the server was started or has ended. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
  ) {}

  get running(): boolean {
    return this.client?.state === State.Running;
  }

  /** Starts the server, or ends it and starts it anew; one after the other. */
  restart(): Promise<void> {
    this.ends = [];
    this.answered = false;
    this.starting = this.starting.then(async () => {
      await this.stop();
      try {
        this.client = this.make(await find(this.context));
        await this.client.start();
        this.answered = true;
      } catch (err) {
        this.log.error(String(err));
        this.complain(err instanceof Unusable ? err.message : 'the server ended as soon as it was started');
      }
      this.changed.fire();
    });
    return this.starting;
  }

  private make(command: string): LanguageClient {
    this.log.info(`server: ${command}`);
    const options: LanguageClientOptions = {
      // Without an extension for TOML, Cargo.toml is plain text.
      documentSelector: [
        { scheme: 'file', language: 'rust' },
        { scheme: 'file', pattern: '**/Cargo.toml' },
      ],
      outputChannel: this.log,
      initializationOptions: vscode.workspace.getConfiguration('reactorls'),
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
    };
    const client = new QuietClient('reactorls', 'reactorls', { command, transport: TransportKind.stdio }, options);
    client.onDidChangeState(() => this.changed.fire());
    return client;
  }

  private closed(): CloseHandlerResult {
    if (!this.answered) { // who starts it says so
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    const now = Date.now();
    this.ends = [...this.ends.filter((end) => now - end < loop.within), now];
    if (this.ends.length < loop.ends) {
      return { action: CloseAction.Restart, handled: true };
    }
    this.complain(`the server ended ${loop.ends} times in short order and is not started again`);
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private complain(message: string): void {
    this.log.error(message);
    const actions = ['Open Settings', 'Show Log', 'Try Again'] as const;
    void vscode.window.showErrorMessage(`reactorls: ${message}`, ...actions).then((choice) => {
      switch (choice) {
        case 'Open Settings':
          return vscode.commands.executeCommand('workbench.action.openSettings', 'reactorls.server.path');
        case 'Show Log':
          return this.log.show();
        case 'Try Again':
          return this.restart();
      }
      return undefined;
    });
  }

  /**
   * Has the server do one of its commands for the file at hand.
   *
   * @throws Error with the server's words where it cannot
   */
  async execute<T>(command: string, argument: object): Promise<T> {
    if (!this.client || !this.running) {
      throw new Error('the server does not run; see the log');
    }
    const document = vscode.window.activeTextEditor?.document;
    const uri = document?.uri.scheme === 'file' ? document.uri : vscode.workspace.workspaceFolders?.[0]?.uri;
    return this.client.sendRequest<T>('workspace/executeCommand', {
      command,
      arguments: [{ uri: uri && this.client.code2ProtocolConverter.asUri(uri), ...argument }],
    });
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) {
      await client.dispose().catch(() => undefined); // one that never started cannot be stopped
    }
  }

  dispose(): void {
    void this.stop();
    this.changed.dispose();
  }
}
