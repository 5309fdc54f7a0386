/** The datagrams that come before a stream over UDP: docs/spec/wire.md, chapter 9. Nothing here touches a socket. */

/** What the first three bytes of each are; UDX's own begin with 0xff. */
const MAGIC = [0x52, 0x42, 0x55];
/** The version of this exchange. */
export const UDP_VERSION = 1;
/**
 * What a client sends has exactly this length, so that no answer is longer than its question, and so that a path
 * which can't carry UDX's packets (1,200 bytes with IPv6's header) fails here and not later.
 */
export const ASK_BYTES = 1152;
export const NONCE_BYTES = 16;
export const COOKIE_BYTES = 32;

const HEAD_BYTES = 8;
const BODY_AT: number = HEAD_BYTES + NONCE_BYTES;
const TYPES = { hello: 1, cookie: 2, connect: 3, accept: 4, refuse: 5, gone: 6 } as const;
const LENGTHS = {
  hello: ASK_BYTES,
  cookie: BODY_AT + COOKIE_BYTES,
  connect: ASK_BYTES,
  accept: BODY_AT + 4,
  refuse: BODY_AT + 1,
  gone: HEAD_BYTES + 4,
} as const;
const REASONS = { version: 1, busy: 2 } as const;
/** Where what a type says ends; zeros follow. */
const ENDS = { ...LENGTHS, hello: BODY_AT, connect: BODY_AT + COOKIE_BYTES + 4 } as const;

/** Why a hub takes no connection. */
export type Refusal = keyof typeof REASONS;

/** `nonce` is the client's choice for one attempt; a stream's id is its receiver's. */
export type Datagram =
  | { readonly type: 'hello'; readonly nonce: Uint8Array; readonly version: number }
  | { readonly type: 'cookie'; readonly nonce: Uint8Array; readonly cookie: Uint8Array }
  | {
      readonly type: 'connect';
      readonly nonce: Uint8Array;
      readonly cookie: Uint8Array;
      /** The client's. */
      readonly streamId: number;
    }
  /** `streamId`: the hub's. */
  | { readonly type: 'accept'; readonly nonce: Uint8Array; readonly streamId: number }
  | { readonly type: 'refuse'; readonly nonce: Uint8Array; readonly why: Refusal }
  /** The sender has no stream `streamId`. */
  | { readonly type: 'gone'; readonly streamId: number };

/** The bytes of one. */
export function encodeDatagram(datagram: Datagram): Uint8Array {
  const { type } = datagram;
  const bytes = new Uint8Array(LENGTHS[type]);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[3] = type === 'hello' ? datagram.version : UDP_VERSION;
  bytes[4] = TYPES[type];
  if (type === 'gone') {
    view.setUint32(HEAD_BYTES, datagram.streamId, true);
    return bytes;
  }
  bytes.set(datagram.nonce, HEAD_BYTES);
  if (type === 'cookie' || type === 'connect') bytes.set(datagram.cookie, BODY_AT);
  if (type === 'connect') view.setUint32(BODY_AT + COOKIE_BYTES, datagram.streamId, true);
  if (type === 'accept') view.setUint32(BODY_AT, datagram.streamId, true);
  if (type === 'refuse') bytes[BODY_AT] = REASONS[datagram.why];
  return bytes;
}

/**
 * What a datagram says, or null if it isn't one of ours, whole and of its exact length. Of a version that we don't
 * know only `hello` can be read. The fields are copies.
 */
export function decodeDatagram(bytes: Uint8Array): Datagram | null {
  if (bytes.length < HEAD_BYTES || MAGIC.some((byte, at) => bytes[at] !== byte)) return null;
  const version = bytes[3] as number;
  const type = typeOf(bytes[4] as number);
  if (type === null || bytes.length !== LENGTHS[type]) return null;
  if (version !== UDP_VERSION && type !== 'hello' && type !== 'refuse') return null;
  if (version === UDP_VERSION && !isExact(bytes, type)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (type === 'gone') return { type, streamId: view.getUint32(HEAD_BYTES, true) };
  const nonce = copyOf(bytes, HEAD_BYTES, NONCE_BYTES);
  const cookie = copyOf(bytes, BODY_AT, COOKIE_BYTES);
  const streamIdAt = type === 'connect' ? BODY_AT + COOKIE_BYTES : BODY_AT;
  if (type === 'hello') return { type, nonce, version };
  if (type === 'cookie') return { type, nonce, cookie };
  if (type === 'refuse') {
    return { type, nonce, why: bytes[BODY_AT] === REASONS.version ? 'version' : 'busy' };
  }
  const streamId = view.getUint32(streamIdAt, true);
  return type === 'connect' ? { type, nonce, cookie, streamId } : { type, nonce, streamId };
}

/** Whether all that has no meaning is zero, as it has to be, and a reason is a known one. */
function isExact(bytes: Uint8Array, type: keyof typeof TYPES): boolean {
  for (let at = 5; at < HEAD_BYTES; at++) if (bytes[at] !== 0) return false;
  for (let at: number = ENDS[type]; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  const why = bytes[BODY_AT];
  return type !== 'refuse' || why === REASONS.version || why === REASONS.busy;
}

const UDX_MAGIC = 0xff;
const UDX_VERSION = 1;
const UDX_HEADER_BYTES = 20;

/** The id of the stream that a packet of UDX is for, or null if it isn't one. */
export function udxStreamId(bytes: Uint8Array): number | null {
  if (bytes.length < UDX_HEADER_BYTES || bytes[0] !== UDX_MAGIC || bytes[1] !== UDX_VERSION)
    return null;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(4, true);
}

/** Of a Buffer, `slice` would not be one. */
function copyOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.subarray(at, at + length));
}

function typeOf(number: number): keyof typeof TYPES | null {
  for (const [name, value] of Object.entries(TYPES))
    if (value === number) return name as keyof typeof TYPES;
  return null;
}
