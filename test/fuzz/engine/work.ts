/** What the thread that fuzzes is given. */
export type FuzzWork = {
  readonly target: string;
  readonly seed: number;
  readonly ms: number;
  /** Whether what was found is written to the corpus. */
  readonly keep: boolean;
  /** How many inputs were tried, the length of the one that is being tried, and it. */
  readonly current: SharedArrayBuffer;
};

/** What it found. */
export type FuzzReport = {
  readonly runs: number;
  readonly pool: number;
  /** Places in the files that the target covers, and how many of them were reached. */
  readonly reached: number;
  readonly places: number;
  readonly missed: readonly string[];
  readonly faults: readonly { readonly input: string; readonly stack: string }[];
};
