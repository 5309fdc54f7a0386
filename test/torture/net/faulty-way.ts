/** A way to a hub with faults on it: TCP and UDP at one port of the loopback. */

import { createSocket } from 'node:dgram';
import type { Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

import { randomFrom } from '../../rebuild/random-tree.ts';
import { TcpWay } from './tcp-way.ts';
import { Trap } from './trap.ts';
import type { Direction, Fault, Strike } from './trap.ts';
import { UdpWay } from './udp-way.ts';
import { FAIR } from './weather.ts';
import type { Weather } from './weather.ts';

const MOST_TRIES = 20;
const DOWN_MS = 3000;
/** TCP and UDP both bear it. */
const HOLD_MS = 8000;

export class FaultyWay implements AsyncDisposable {
  readonly port: number;
  weather: Weather = FAIR;
  readonly #trap = new Trap();
  readonly #tcp: TcpWay;
  readonly #udp: UdpWay;
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  #hubPort: number;
  #isDown = false;

  private constructor(server: Server, datagrams: Datagrams, hubPort: number, seed: number) {
    const random = randomFrom(seed);
    const weather = (): Weather => this.weather;
    this.#server = server;
    this.#hubPort = hubPort;
    this.port = (server.address() as AddressInfo).port;
    const onStrike = (strike: Strike): void => this.#strike(strike);
    this.#tcp = new TcpWay(this.#trap, weather, random, onStrike);
    this.#udp = new UdpWay(datagrams, hubPort, this.#trap, weather, random, onStrike);
    server.on('connection', (socket) => {
      if (this.#isDown) socket.resetAndDestroy();
      else this.#tcp.accept(socket, this.#hubPort);
    });
  }

  static async open(hubPort: number, seed: number): Promise<FaultyWay> {
    for (let tried = 1; ; tried++) {
      const server = createServer();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const datagrams = createSocket('udp4');
      try {
        datagrams.bind((server.address() as AddressInfo).port, '127.0.0.1');
        await once(datagrams, 'listening');
        return new FaultyWay(server, datagrams, hubPort, seed);
      } catch (error) {
        server.close();
        datagrams.close();
        if (tried === MOST_TRIES) throw error;
      }
    }
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** All that passed so far. */
  bytes(direction: Direction): number {
    return this.#trap.bytes[direction];
  }

  /** Sets a fault, from the next byte on. */
  set(fault: Fault): void {
    this.#trap.set(fault);
  }

  /** @returns whether the fault struck */
  unset(): boolean {
    return !this.#trap.unset();
  }

  /** Connections that are there are reset, so that whoever is waiting connects anew. */
  hangUp(): void {
    this.#tcp.strike('reset');
    this.#udp.strike('silence');
  }

  /** The name leads to another port from now on. */
  retarget(hubPort: number): void {
    this.#hubPort = hubPort;
    this.#tcp.strike('reset');
    this.#udp.retarget(hubPort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.close();
    this.#tcp.close();
    this.#udp.close();
    await Promise.resolve();
  }

  #strike(strike: Strike): void {
    if (strike === 'down') return this.#for(DOWN_MS, (isDown) => this.#down(isDown));
    if (strike === 'hold') return this.#for(HOLD_MS, (isHeld) => this.#hold(isHeld));
    this.#tcp.strike(strike);
    this.#udp.strike(strike);
    return undefined;
  }

  #for(ms: number, set: (isSo: boolean) => void): void {
    set(true);
    this.#timers.add(setTimeout(() => set(false), ms));
  }

  /** Resets what is there and whoever comes, or no more. */
  #down(isDown: boolean): void {
    this.#isDown = isDown;
    this.#udp.hold(isDown);
    if (isDown) this.#tcp.strike('reset');
  }

  /** Nothing passes, or does again. */
  #hold(isHeld: boolean): void {
    this.#tcp.hold(isHeld);
    this.#udp.hold(isHeld);
  }
}
