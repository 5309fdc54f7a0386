/** Bounds of the protocol. A receiver refuses what exceeds them before it allocates. docs/spec/wire.md */

/** Version in hello and welcome. */
export const WIRE_VERSION = 1;
/** ALPN name (RFC 7301) of version 1. */
export const WIRE_ALPN = 'rbbackup/1';

/** Most payload of one frame. */
export const FRAME_PAYLOAD_BYTES: number = 128 * 1024;
/** Most bytes of one message, all its frames together. */
export const MESSAGE_BYTES: number = 1024 * 1024;
/** Most payload of FAIL and GOAWAY. */
export const REASON_BYTES: number = 16 * 1024;
/** Messages and bundles of one direction that may be begun and unfinished at the same time. */
export const MAX_ASSEMBLIES = 4;
/** Streams open at a time, not counting stream 0. */
export const MAX_STREAMS = 64;
/** Largest id of a stream: then the client has to connect anew. */
export const MAX_STREAM_ID = 0xffff_ffff;

/** Ids in one offer, want or lacking. */
export const MAX_IDS = 1024;
/** Offers without an answer. */
export const MAX_OPEN_OFFERS = 32;
/** Ids that a reader may want without having got them. */
export const MAX_WANTED_IDS = 8192;
/** Items in one log message. */
export const MAX_LOG_ITEMS = 256;
/** Sets a destination may say it has, copies in one message, rows of an answer. */
export const MAX_HAVE = 4096;
export const MAX_COPIES = 1024;
export const MAX_ROWS = 500;
export const MAX_NAMES = 64;
/** Pieces of files that one proof is asked for, and bytes of one of them. */
export const MAX_RANGES = 64;
export const MAX_PROOF_BYTES: number = 1024 * 1024;
/** Longest signature under a receipt: ECDSA over P-256 in DER takes 72. */
export const MAX_SIGNATURE_BYTES = 128;

/** A side pings when it has heard nothing, or said nothing, for this long; a hub, which has many clients, lets them be first. */
export const PING_AFTER_MS = { client: 12_000, hub: 15_000 } as const;
/** A side that heard nothing for this long ends the connection. */
export const DEAD_AFTER_MS = 25_000;
/** From the first packet to welcome. */
export const LOGIN_WITHIN_MS = 10_000;
/** Most bytes from a client that has not logged in. */
export const BYTES_BEFORE_LOGIN: number = 64 * 1024;
