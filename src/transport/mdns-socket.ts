import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

import { RbError, toRbError } from '../base/errors.ts';

/** RFC 6762, 3. */
const GROUP = '224.0.0.251';
const PORT = 5353;
/** RFC 6762, 11. */
const TTL = 255;
const MOST_INTERFACES = 16;
/** Cables are plugged in, and laptops move. */
const LOOK_EVERY_MS = 10_000;
/** A busy network has some tens a second. */
const MOST_HEARD_PER_SEC = 500;
/** Whoever asks more often than that is answered by what others hear. */
const MOST_SAID_PER_SEC = 25;

type Heard = (message: Buffer, from: RemoteInfo) => void;

export type MdnsSocketOptions = {
  /** IPv4 addresses of the interfaces to speak on. Default: all of this machine but the loopback's. */
  readonly interfaces?: () => readonly string[];
  /** Called for whatever goes wrong afterwards; nothing is thrown then. */
  readonly onProblem: (error: RbError) => void;
};

/**
 * The socket below the library for multicast DNS. Of its own it has what the library lacks: it speaks on all
 * interfaces rather than on that of the default route; packets that are too long, too many or too full don't reach the
 * library, and what it throws about one is a problem told, not the end of the program.
 */
export class MdnsSocket {
  readonly #options: MdnsSocketOptions;
  readonly #ear: Socket;
  readonly #mouths = new Map<string, Socket>();
  readonly #heard = new Budget(MOST_HEARD_PER_SEC);
  readonly #said = new Budget(MOST_SAID_PER_SEC);
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** @throws port-taken if another program doesn't share the port of multicast DNS */
  static async open(options: MdnsSocketOptions): Promise<MdnsSocket> {
    const ear = createSocket({ type: 'udp4', reuseAddr: true });
    try {
      await bound(ear, '0.0.0.0');
    } catch (cause) {
      ear.close();
      const why = `UDP port ${PORT}, by which hubs are found on the local network, can't be shared with the program that holds it.`;
      throw new RbError('port-taken', why, { cause });
    }
    const socket = new MdnsSocket(options, ear);
    await socket.#look();
    return socket;
  }

  private constructor(options: MdnsSocketOptions, ear: Socket) {
    this.#options = options;
    this.#ear = ear;
    ear.on('error', (error) => this.#problem(error));
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  /** What the library listens for. Errors don't reach it: it would throw them. */
  on(event: string, listener: (...args: never[]) => void): this {
    if (event !== 'message') return this;
    this.#ear.on('message', (message, from) => {
      if (this.#isClosed || !this.#heard.take() || !isWorthReading(message)) return;
      try {
        (listener as unknown as Heard)(message, from);
      } catch (error) {
        this.#problem(error);
      }
    });
    return this;
  }

  /** Sends a packet of the library's to everybody, on each interface. */
  send(
    message: Buffer,
    offset: number,
    length: number,
    _port: number,
    _address: string,
    done: () => void,
  ): void {
    const bytes = message.subarray(offset, offset + length);
    const isToBeSent = !this.#isClosed && this.#said.take();
    const sent = isToBeSent
      ? [...this.#mouths.values()].map((mouth) => this.#say(mouth, bytes))
      : [];
    void Promise.all(sent).then(() => done());
  }

  close(done: () => void = () => undefined): void {
    if (this.#isClosed) return void setImmediate(done);
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const mouth of this.#mouths.values()) mouth.close();
    this.#mouths.clear();
    this.#ear.close(done);
  }

  #say(mouth: Socket, bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      mouth.send(bytes, PORT, GROUP, (error) => {
        if (error !== null) this.#problem(error);
        resolve();
      });
    });
  }

  /** Speaks on interfaces that are there now, and no more on those that have gone. */
  async #look(): Promise<void> {
    const addresses = (this.#options.interfaces ?? localInterfaces)().slice(0, MOST_INTERFACES);
    for (const [address, mouth] of this.#mouths) {
      if (addresses.includes(address)) continue;
      this.#mouths.delete(address);
      mouth.close();
    }
    const added = addresses.filter((address) => !this.#mouths.has(address));
    await Promise.all(added.map((address) => this.#join(address)));
  }

  async #join(address: string): Promise<void> {
    const mouth = createSocket({ type: 'udp4', reuseAddr: true });
    try {
      await bound(mouth, address);
      mouth.on('error', (error) => this.#problem(error));
      mouth.setMulticastInterface(address);
      mouth.setMulticastTTL(TTL);
      if (this.#isClosed || this.#mouths.has(address)) return void mouth.close();
      this.#mouths.set(address, mouth);
    } catch (error) {
      mouth.close();
      return this.#problem(error);
    }
    try {
      this.#ear.addMembership(GROUP, address);
    } catch {
      // An interface with two addresses is joined already.
    }
  }

  #problem(error: unknown): void {
    if (!this.#isClosed) this.#options.onProblem(toRbError(error));
  }
}

/** The IPv4 addresses of this machine's interfaces but the loopback's. */
export function localInterfaces(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((infos) => infos ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

/** RFC 6762, 17: no packet is longer. */
const MAX_PACKET_BYTES = 9000;
const HEADER_BYTES = 12;
const MOST_QUESTIONS = 32;
const MOST_RECORDS = 256;

/** Whether a packet's length and the counts in its header (RFC 1035, 4.1.1) are such as honest ones have. */
export function isWorthReading(packet: Uint8Array): boolean {
  if (packet.length < HEADER_BYTES || packet.length > MAX_PACKET_BYTES) return false;
  const count = (at: number): number => ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
  return count(4) <= MOST_QUESTIONS && count(6) + count(8) + count(10) <= MOST_RECORDS;
}

function bound(socket: Socket, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port: PORT, address }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

/** So many in each second. */
class Budget {
  readonly #perSec: number;
  #second = 0;
  #left = 0;

  constructor(perSec: number) {
    this.#perSec = perSec;
  }

  take(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#left = this.#perSec;
    this.#second = second;
    return this.#left-- > 0;
  }
}
