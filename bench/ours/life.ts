import { join } from 'node:path';

import type { Sample } from '../measure/sample.ts';
import type { Workspace } from '../workspace.ts';
import { sendToDestinations } from './destinations.ts';
import { reopen } from './ours.ts';

/** What a folder goes through: sent to a destination, again without a change, restored. */
export interface Life {
  readonly sent: Sample;
  readonly again: Sample;
  readonly restored: Sample;
}

/** Of the source's size: the source itself, the vault, one copy at a time. */
export const LIFE_SPACE = 3.05;
/** The same of small files of text, whose vault is a tenth of them. */
export const SMALL_FILES_LIFE_SPACE = 2.2;

/** Takes a folder through all of it, once, in a state of its own that is gone afterwards. */
export async function liveThrough(workspace: Workspace, source: string): Promise<Life> {
  const state = await workspace.empty('state');
  try {
    const { sample: sent } = await sendToDestinations(state, source, 1);
    await workspace.remove(join(state, 'copy-1'));
    const store = await reopen(state);
    try {
      const again = await store.backup(source);
      const { sample: restored } = await store.restore(source, await workspace.empty('target'));
      return { sent, again, restored };
    } finally {
      await store.pause();
    }
  } finally {
    await workspace.remove(state);
    await workspace.remove(join(workspace.path, 'target'));
  }
}
