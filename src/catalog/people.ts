/** What a user may do: write and read its own sets; read its own sets; everything with everybody's. */
export const RIGHTS = ['member', 'read-only', 'admin'] as const;
export type Rights = (typeof RIGHTS)[number];

/**
 * What a device may do of what its user may: add snapshots and read; remove snapshots and release held ones as well; be a
 * destination and nothing else. An administrator's device may do all, unless it is a destination only.
 */
export const DUTIES = ['add', 'all', 'destination'] as const;
export type Duty = (typeof DUTIES)[number];

export type User = { readonly name: string; readonly rights: Rights; readonly createdMs: number };

export type Device = {
  /** Hex SHA-256 of the device's certificate (DER). */
  readonly fingerprint: string;
  readonly user: string;
  /** For people: the machine's name as it gave it. Hostile until escaped. */
  readonly label: string;
  /** False for one that only ever logged in by name, at an open hub. */
  readonly paired: boolean;
  readonly duty: Duty;
  readonly createdMs: number;
  readonly lastSeenMs: number;
};

export type NewInvitation = {
  readonly user: string;
  /** What the user will have then; null: what it has now, or 'member' if it is new. */
  readonly rights: Rights | null;
  /** Of the device that redeems it; `add` if left out. */
  readonly duty?: Duty;
  readonly nowMs: number;
  readonly expiresMs: number;
};

/** An invitation that was made; what lets in is not in it. */
export type Invitation = {
  /** See `invitationId` in invitation-id.ts. */
  readonly id: string;
  readonly user: string;
  readonly rights: Rights | null;
  readonly duty: Duty;
  readonly expiresMs: number;
  /** When it was redeemed; null while it was not. */
  readonly usedMs: number | null;
};

/** Who was let in: the user, and what this device of it is for. */
export type Visitor = User & { readonly duty: Duty };

/** Who knocks, and when. */
export type Login = {
  readonly fingerprint: string;
  readonly label: string;
  readonly nowMs: number;
};

/** Who may come in, and what they may do. */
export interface People {
  /**
   * Makes an invitation and returns its secret, 16 random bytes. Only a hash is kept: it can't be shown again.
   * The user comes into being when it is redeemed.
   * @throws name-refused for a user name that could not be a folder's
   */
  createInvitation(invitation: NewInvitation): Uint8Array;

  /**
   * Lets a device in for good. Works once; only the same device may repeat it, as long as it is still
   * registered (its connection may have broken before the answer arrived). A device that belonged to
   * another user goes over to this one.
   * @throws not-allowed (no such invitation), invitation-used, invitation-expired
   */
  redeemInvitation(secret: Uint8Array, login: Login): Visitor;

  /**
   * Those that can be redeemed, by when they expire; then those that were used or expired in the 30 days before `nowMs`,
   * the last first.
   */
  invitations(nowMs: number): readonly Invitation[];

  /**
   * Makes an invitation useless that was not redeemed.
   * @throws not-found; invitation-used if somebody came in by it: then remove the device
   */
  withdrawInvitation(id: string): void;

  /** The user of a paired device, or undefined; a device that logged in by name alone isn't one. */
  userOfDevice(fingerprint: string): Visitor | undefined;

  /**
   * Logs in by name alone, for hubs that were started with `--open`; makes the user, as a member, if it is
   * new. The rights of an administrator are given only to a paired device of that user. It pairs
   * nothing: when the hub is started without `--open`, these devices are strangers again. Their duty is `add`.
   * @throws name-refused
   */
  openLogin(user: string, login: Login): Visitor;

  /** Notes that a device was here. Unknown ones are ignored. */
  touchDevice(fingerprint: string, nowMs: number): void;

  user(name: string): User | undefined;
  /** By name. */
  users(): readonly User[];
  /** All, or those of one user, by user and label. */
  devices(user?: string): readonly Device[];

  /** @throws not-found */
  setRights(user: string, rights: Rights): void;

  /** @throws not-found */
  setDuty(fingerprint: string, duty: Duty): void;

  /**
   * Removes a user with its devices and its open invitations. Its sets, snapshots and copies stay, and are its
   * own again should it come back.
   * @throws not-found
   */
  removeUser(name: string): void;

  /** @throws not-found */
  removeDevice(fingerprint: string): void;
}
