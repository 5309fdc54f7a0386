import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';

import type { Random } from '../../rebuild/random-tree.ts';
import type { Direction, Strike, Trap } from './trap.ts';
import { Line } from './weather.ts';
import type { Weather } from './weather.ts';

type Flow = {
  readonly up: Line;
  readonly down: Line;
  toHub: Socket;
  readonly client: RemoteInfo;
  isMute: boolean;
};

/** Passes datagrams on, until something strikes. A flow is all that comes from one port. */
export class UdpWay {
  readonly #trap: Trap;
  readonly #weather: () => Weather;
  readonly #random: Random;
  readonly #onStrike: (strike: Strike) => void;
  readonly #socket: Socket;
  readonly #flows = new Map<string, Flow>();
  #hubPort: number;
  #isHeld = false;

  /** @param socket bound already; this one's from now on */
  constructor(
    socket: Socket,
    hubPort: number,
    trap: Trap,
    weather: () => Weather,
    random: Random,
    onStrike: (strike: Strike) => void,
  ) {
    this.#onStrike = onStrike;
    this.#socket = socket;
    this.#hubPort = hubPort;
    this.#trap = trap;
    this.#weather = weather;
    this.#random = random;
    socket.on('error', () => undefined);
    socket.on('message', (bytes, from) => this.#pass(this.#flowOf(from), 'up', bytes));
  }

  retarget(hubPort: number): void {
    this.#hubPort = hubPort;
    this.strike('rebind');
  }

  strike(strike: Strike): void {
    for (const flow of this.#flows.values()) {
      if (strike === 'rebind') {
        flow.toHub.close();
        flow.toHub = this.#socketFor(() => flow);
      } else flow.isMute = true;
    }
  }

  /** What comes meanwhile is lost. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  close(): void {
    for (const { up, down, toHub } of this.#flows.values()) {
      for (const line of [up, down]) line.end();
      toHub.close();
    }
    this.#flows.clear();
    this.#socket.close();
  }

  #flowOf(client: RemoteInfo): Flow {
    const key = `${client.address}:${client.port}`;
    const known = this.#flows.get(key);
    if (known !== undefined) return known;
    const [up, down] = [
      new Line(this.#weather, this.#random),
      new Line(this.#weather, this.#random),
    ];
    const flow: Flow = { up, down, client, isMute: false, toHub: this.#socketFor(() => flow) };
    this.#flows.set(key, flow);
    return flow;
  }

  #socketFor(flow: () => Flow): Socket {
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    socket.on('message', (bytes) => this.#pass(flow(), 'down', bytes));
    return socket;
  }

  #pass(flow: Flow, direction: Direction, bytes: Buffer): void {
    if (flow.isMute || this.#isHeld) return;
    const hit = this.#trap.pass(direction, bytes.length);
    if (hit?.strike === 'garble') bytes[hit.at] = (bytes[hit.at] as number) ^ 1;
    else if (hit !== null) {
      this.#onStrike(hit.strike);
      if (flow.isMute || this.#isHeld) return;
    }
    const { client } = flow;
    if (direction === 'up')
      flow.up.datagram(bytes, (one) => send(flow.toHub, one, this.#hubPort, '127.0.0.1'));
    else flow.down.datagram(bytes, (one) => send(this.#socket, one, client.port, client.address));
  }
}

function send(socket: Socket, bytes: Buffer, port: number, address: string): void {
  try {
    socket.send(bytes, port, address, () => undefined);
  } catch {
    // Closed meanwhile: lost.
  }
}
