import type { Sample } from './measure/sample.ts';

/** The programs that are compared. */
export type ContenderName = 'ours' | 'rsync' | 'restic' | 'borg';

/** A program that keeps a copy of a folder, in the way its users run it. */
export interface Contender {
  readonly name: ContenderName;
  /**
   * Makes a fresh repository.
   *
   * @param state - an empty folder for all it keeps: repository, caches, configuration
   */
  open(state: string): Promise<Store>;
}

/** A contender's repository. Only `backup`'s and `restore`'s own command is inside the figures. */
export interface Store {
  /** The state folder. */
  readonly state: string;
  /** Brings a folder, with all that is in it, to the state it has now. */
  backup(source: string): Promise<Sample>;
  /**
   * Rebuilds what was backed up last.
   *
   * @param target - an empty folder
   * @returns the figures, and where under `target` the source's content now is
   */
  restore(
    source: string,
    target: string,
  ): Promise<{ readonly sample: Sample; readonly tree: string }>;
  /** Ends its processes; the state folder may now be copied or put back. */
  pause(): Promise<void>;
  /** Undoes `pause`. */
  resume(): Promise<void>;
}
