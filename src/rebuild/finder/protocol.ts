/** What the thread that finds chunks and its owner say to each other. */

import type { ErrorCode } from '../../base/errors.ts';
import type { ChunkKind } from '../../model/bundle.ts';

/** One set of a destination: where its tree stands, and what is remembered of it. */
export type FoundIn = { readonly root: Uint8Array; readonly stateDir: string };

/** What to look for, and where. */
export type FindRequest = {
  readonly kind: ChunkKind;
  /** One behind the other. */
  readonly ids: Uint8Array;
  readonly sets: readonly FoundIn[];
};

/** Chunks, each checked against its id. */
export type Found = {
  readonly t: 'found';
  readonly ids: Uint8Array;
  readonly lengths: Uint32Array;
  /** The chunks one behind the other. */
  readonly plain: Uint8Array;
};

export type FinderCommand =
  | { readonly t: 'find'; readonly request: FindRequest }
  /** The last `found` was dealt with: the search goes on. */
  | { readonly t: 'more' }
  | { readonly t: 'stop' };

export type FinderEvent =
  | Found
  | { readonly t: 'done' }
  | { readonly t: 'failed'; readonly code: ErrorCode; readonly message: string };
