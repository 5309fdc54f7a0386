/** What one user may take of a hub. Null: as much as there is. */
export type UserLimits = {
  /** Bytes that the user's backups have added to the vault, as they are stored. */
  readonly storedBytes: number | null;
  readonly sets: number | null;
  /** Connections at a time. */
  readonly connections: number | null;
  /** In each direction, of all connections together. */
  readonly bytesPerSecond: number | null;
};

export const NO_LIMITS: UserLimits = {
  storedBytes: null,
  sets: null,
  connections: null,
  bytesPerSecond: null,
};

/** Limits of users, and what counts towards them. */
export interface Limits {
  /** {@link NO_LIMITS} for a user that none were set for, known or not. */
  limitsOf(user: string): UserLimits;

  /** Sets all of them; they hold from the next connection, run and record on, and may be set before the user comes. */
  setLimits(user: string, limits: UserLimits): void;

  /** How many bytes the user's backups have added to the vault. */
  storedBytesOf(user: string): number;

  /** Counts what was added. */
  addStoredBytes(user: string, bytes: number): void;
}
