/** Which tests have to notice a change in a room, and how many of the changes they noticed last time. */
export type Room = {
  /** Files or folders, from the root of the project. */
  readonly tests: readonly string[];
  /** Percent of the mutants that the tests have to notice in a whole run. docs/reliability.md has the figures. */
  readonly leastScore?: number;
};

export const ROOMS: Readonly<Record<string, Room>> = {
  wire: {
    tests: [
      'test/wire',
      'test/fuzz/regressions.test.ts',
      'test/security/bombs.test.ts',
      'test/security/lengths.test.ts',
      'test/security/windows.test.ts',
    ],
    leastScore: 90,
  },
  vault: {
    tests: ['test/vault', 'test/fuzz/regressions.test.ts', 'test/security/neighbours.test.ts'],
  },
  rebuild: {
    tests: [
      'test/rebuild',
      'test/fuzz/regressions.test.ts',
      'test/security/bombs.test.ts',
      'test/security/folded-names.test.ts',
    ],
  },
};
