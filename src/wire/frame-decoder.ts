/** Bytes as they arrive, in pieces of any size, to whole messages and bundles. */

import { BUNDLE_HEAD_BYTES, decodeBundleHead } from '../model/bundle.ts';
import type { BundleHead } from '../model/bundle.ts';
import { copyBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import type { SharedArena, SharedLease } from '../base/shared-arena.ts';
import { FRAME_HEADER_BYTES, decodeFrameHeader } from './frame.ts';
import type { FrameHeader } from './frame.ts';
import { MAX_ASSEMBLIES, MESSAGE_BYTES } from './wire-limits.ts';

/** Who gets what was decoded. What a method throws comes out of `push`. */
export interface FrameSink {
  /** @param payload - valid during the call only */
  message(stream: number, payload: Uint8Array): void;
  /** A bundle's head arrived. False: its bytes are skipped, nothing is set aside, `bundle` isn't called. */
  bundleBegins(stream: number, head: BundleHead): boolean;
  /** @param record - the sink's own: it has to release it */
  bundle(stream: number, record: SharedLease): void;
  end(stream: number): void;
  /** @param payload - valid during the call only, as below */
  fail(stream: number, payload: Uint8Array): void;
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  goAway(payload: Uint8Array): void;
}

/** A message or bundle of which a part has arrived. */
type Assembly =
  | { readonly type: 'message'; bytes: number; readonly parts: Uint8Array[] }
  | {
      readonly type: 'bundle';
      bytes: number;
      readonly recordBytes: number;
      readonly record: SharedLease | null;
    };

const NOTHING = new Uint8Array(0);

/**
 * An incremental decoder of one direction of a connection. Bundles are put together in leases of an arena. It sets aside nothing for bytes that a limit forbids: at
 * most one frame that is not complete, and {@link MAX_ASSEMBLIES} messages and bundles in fragments.
 * After `push` has thrown it must not be used again.
 */
export class FrameDecoder {
  readonly #sink: FrameSink;
  readonly #arena: SharedArena;
  readonly #assemblies = new Map<number, Assembly>();
  readonly #headerBytes = new Uint8Array(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #frame: FrameHeader | null = null;
  /** Bytes of the current frame that haven't come yet. */
  #missing = 0;
  /** The current frame, if it has to be collected before it can be handed on. */
  #collected: Uint8Array = NOTHING;
  /** The bundle that the current frame belongs to, once its head is known. */
  #bundle: Extract<Assembly, { type: 'bundle' }> | null = null;

  constructor(sink: FrameSink, arena: SharedArena) {
    this.#sink = sink;
    this.#arena = arena;
  }

  /** Messages and bundles in fragments that are begun and unfinished. */
  get assemblies(): number {
    return this.#assemblies.size;
  }

  /**
   * @param pushed - looked at during the call only
   * @throws RbError `protocol`, and whatever the sink throws
   */
  push(pushed: Uint8Array): void {
    // Not a Buffer, whose `slice` copies nothing.
    const bytes = new Uint8Array(pushed.buffer, pushed.byteOffset, pushed.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (this.#frame === null) at = this.#readHeader(bytes, at);
      else at = this.#readPayload(this.#frame, bytes, at);
    }
  }

  /** Lets go of bundles that will not be finished. It must not be used afterwards. */
  close(): void {
    const unfinished = new Set<Assembly>(this.#assemblies.values());
    // One whose first frame isn't whole is in no map yet; of another, a later frame may have begun.
    if (this.#bundle !== null) unfinished.add(this.#bundle);
    for (const assembly of unfinished) release(assembly);
    this.#assemblies.clear();
    this.#bundle = null;
  }

  #readHeader(bytes: Uint8Array, start: number): number {
    let header: FrameHeader;
    let at = start;
    if (this.#headerFilled === 0 && bytes.length - at >= FRAME_HEADER_BYTES) {
      header = decodeFrameHeader(bytes, at);
      at += FRAME_HEADER_BYTES;
    } else {
      const taken = Math.min(FRAME_HEADER_BYTES - this.#headerFilled, bytes.length - at);
      this.#headerBytes.set(bytes.subarray(at, at + taken), this.#headerFilled);
      this.#headerFilled += taken;
      at += taken;
      if (this.#headerFilled < FRAME_HEADER_BYTES) return at;
      this.#headerFilled = 0;
      header = decodeFrameHeader(this.#headerBytes, 0);
    }
    this.#beginFrame(header);
    return at;
  }

  #beginFrame(header: FrameHeader): void {
    const assembly = this.#assemblies.get(header.stream);
    if (assembly === undefined) {
      if (header.more && this.#assemblies.size >= MAX_ASSEMBLIES) {
        throw malformed('more messages in fragments than may be under way');
      }
      if (header.type === 'bundle' && header.payloadBytes < BUNDLE_HEAD_BYTES) {
        throw malformed('a bundle whose first fragment is too short');
      }
    } else {
      // FAIL alone may cut a message short.
      if (header.type !== assembly.type && header.type !== 'fail') {
        throw malformed('something else amid the fragments of a message');
      }
      checkRoom(assembly, header);
      if (assembly.type === 'bundle' && header.type === 'bundle') this.#bundle = assembly;
    }
    this.#frame = header;
    this.#missing = header.payloadBytes;
    if (header.payloadBytes === 0) this.#finishFrame(header, NOTHING);
  }

  #readPayload(frame: FrameHeader, bytes: Uint8Array, at: number): number {
    if (frame.type === 'bundle') return this.#readBundle(frame, bytes, at);
    const taken = Math.min(this.#missing, bytes.length - at);
    if (taken === frame.payloadBytes) {
      this.#missing = 0;
      this.#finishFrame(frame, bytes.subarray(at, at + taken));
      return at + taken;
    }
    if (this.#missing === frame.payloadBytes) this.#collected = new Uint8Array(frame.payloadBytes);
    this.#collected.set(bytes.subarray(at, at + taken), frame.payloadBytes - this.#missing);
    this.#missing -= taken;
    if (this.#missing === 0) this.#finishFrame(frame, this.#collected);
    return at + taken;
  }

  #readBundle(frame: FrameHeader, bytes: Uint8Array, at: number): number {
    if (this.#bundle === null) return this.#readBundleHead(frame, bytes, at);
    const bundle = this.#bundle;
    const taken = Math.min(this.#missing, bytes.length - at);
    const piece = bytes.subarray(at, at + taken);
    if (bundle.record !== null) copyBytes(piece, bundle.record.bytes, bundle.bytes);
    bundle.bytes += taken;
    this.#missing -= taken;
    if (this.#missing === 0) this.#finishBundleFrame(frame, bundle);
    return at + taken;
  }

  #readBundleHead(frame: FrameHeader, bytes: Uint8Array, at: number): number {
    const filled = frame.payloadBytes - this.#missing;
    if (filled === 0) this.#collected = new Uint8Array(BUNDLE_HEAD_BYTES);
    const taken = Math.min(BUNDLE_HEAD_BYTES - filled, bytes.length - at);
    this.#collected.set(bytes.subarray(at, at + taken), filled);
    this.#missing -= taken;
    if (filled + taken < BUNDLE_HEAD_BYTES) return at + taken;
    const head = readHead(this.#collected);
    const bundle: Assembly = {
      type: 'bundle',
      bytes: BUNDLE_HEAD_BYTES,
      recordBytes: head.recordBytes,
      record: null,
    };
    checkRoom({ ...bundle, bytes: 0 }, frame);
    if (this.#sink.bundleBegins(frame.stream, head)) {
      const record = this.#arena.take(head.recordBytes);
      record.bytes.set(this.#collected);
      this.#bundle = { ...bundle, record };
    } else {
      this.#bundle = bundle;
    }
    if (frame.more) this.#assemblies.set(frame.stream, this.#bundle);
    if (this.#missing === 0) this.#finishBundleFrame(frame, this.#bundle);
    return at + taken;
  }

  #finishBundleFrame(frame: FrameHeader, bundle: Extract<Assembly, { type: 'bundle' }>): void {
    this.#frame = null;
    this.#bundle = null;
    if (frame.more) return;
    this.#assemblies.delete(frame.stream);
    if (bundle.record !== null) this.#sink.bundle(frame.stream, bundle.record);
  }

  #finishFrame(frame: FrameHeader, payload: Uint8Array): void {
    this.#frame = null;
    this.#collected = NOTHING;
    switch (frame.type) {
      case 'message':
        return this.#finishMessageFrame(frame, payload);
      case 'end':
        return this.#sink.end(frame.stream);
      case 'fail':
        this.#drop(frame.stream);
        return this.#sink.fail(frame.stream, payload);
      case 'ping':
        return this.#sink.ping(payload);
      case 'pong':
        return this.#sink.pong(payload);
      case 'goaway':
        return this.#sink.goAway(payload);
      case 'bundle':
    }
  }

  #drop(stream: number): void {
    const assembly = this.#assemblies.get(stream);
    if (assembly !== undefined) release(assembly);
    this.#assemblies.delete(stream);
  }

  #finishMessageFrame(frame: FrameHeader, payload: Uint8Array): void {
    const assembly = this.#assemblies.get(frame.stream);
    if (assembly === undefined && !frame.more) return this.#sink.message(frame.stream, payload);
    if (assembly === undefined) {
      const parts = [payload.slice()];
      this.#assemblies.set(frame.stream, { type: 'message', bytes: payload.length, parts });
    } else if (assembly.type === 'message') {
      assembly.parts.push(payload.slice());
      assembly.bytes += payload.length;
      if (frame.more) return;
      this.#assemblies.delete(frame.stream);
      this.#sink.message(frame.stream, Buffer.concat(assembly.parts, assembly.bytes));
    }
  }
}

function release(assembly: Assembly): void {
  if (assembly.type === 'bundle') assembly.record?.release();
}

/** Whether a frame fits into what it belongs to, before any of it is kept. */
function checkRoom(assembly: Assembly, frame: FrameHeader): void {
  const bytes = assembly.bytes + frame.payloadBytes;
  if (frame.type === 'message' && bytes > MESSAGE_BYTES)
    throw malformed('a message that is too long');
  if (frame.type !== 'bundle' || assembly.type !== 'bundle') return;
  const isRight = frame.more ? bytes < assembly.recordBytes : bytes === assembly.recordBytes;
  if (!isRight) throw malformed('a bundle that is longer or shorter than it says');
}

function readHead(bytes: Uint8Array): BundleHead {
  try {
    return decodeBundleHead(bytes);
  } catch (cause) {
    throw malformed('something else than a bundle in its place', cause);
  }
}

function malformed(what: string, cause?: unknown): RbError {
  return new RbError('protocol', `The other side sent ${what}.`, { cause });
}
