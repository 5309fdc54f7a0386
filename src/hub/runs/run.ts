import { randomBytes } from 'node:crypto';

import type { RbError } from '../../base/errors.ts';
import type { SetKey } from '../../model/snapshot.ts';
import type { Backup, Progress } from '../../wire/messages-backup.ts';
import { Copies } from '../copies.ts';
import type { Login } from '../rights.ts';
import { Signal } from '../signal.ts';
import { RunLog } from './run-log.ts';
import type { WantWindow } from './want-window.ts';

export type RunState = 'waiting' | 'queued' | 'live' | 'committed' | 'aborted';

const NO_PROGRESS: Progress = {
  t: 'progress',
  phase: 'starting',
  file: new Uint8Array(0),
  fileBytes: 0,
  fileTotal: 0,
  bytes: 0,
  total: 0,
  files: 0,
  filesTotal: 0,
};

const HELD_BACK = {
  k: 'abort',
  code: 'held-back',
  message: 'The run changes or deletes so much that it is held back until somebody releases it.',
} as const;

/**
 * One backup from its first message until its origin has left. Its log lives on for as long as somebody reads it. Of
 * the tree it keeps page ids in memory, nothing else.
 */
export class Run {
  readonly id: string = randomBytes(12).toString('hex');
  readonly key: SetKey;
  readonly login: Login;
  readonly request: Backup;
  readonly log: RunLog = new RunLog();
  readonly copies: Copies = new Copies();
  /** State or progress changed, or a wanted chunk came into the vault. */
  readonly changed: Signal = new Signal();
  readonly window: WantWindow;
  /** Ends it from outside: its origin is told the error. */
  readonly stop: (error: RbError) => void;
  /** What was committed. */
  snapshot: Uint8Array | null = null;
  /** Whether that is held back from destinations. */
  isHeld = false;
  /** Whether the commit is being made, which is better waited for than broken off. */
  isCommitting = false;
  #state: RunState = 'waiting';
  #progress: Progress = NO_PROGRESS;

  constructor(
    key: SetKey,
    login: Login,
    request: Backup,
    window: WantWindow,
    stop: (error: RbError) => void,
  ) {
    this.key = key;
    this.login = login;
    this.request = request;
    this.window = window;
    this.stop = stop;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Whether its origin has said how far it is. */
  get hasProgress(): boolean {
    return this.#progress !== NO_PROGRESS;
  }

  /** What is being done, for people. */
  get phase(): string {
    if (this.#state !== 'live') return this.#state;
    return this.isCommitting ? 'committing' : this.#progress.phase;
  }

  get progress(): Progress {
    return this.#progress;
  }

  set progress(progress: Progress) {
    this.#progress = progress;
    this.changed.notify();
  }

  enter(state: RunState): void {
    this.#state = state;
    this.changed.notify();
  }

  /** @param isHeld whether destinations must not have it: then readers are told that the run has ended without one */
  commit(snapshot: Uint8Array, isHeld: boolean): void {
    this.snapshot = snapshot;
    this.isHeld = isHeld;
    this.log.end(isHeld ? HELD_BACK : { k: 'commit', snapshot });
    this.enter('committed');
  }

  abort(error: RbError): void {
    if (this.#state === 'committed' || this.#state === 'aborted') return;
    this.log.end({ k: 'abort', code: error.code, message: error.message });
    this.enter('aborted');
  }
}
