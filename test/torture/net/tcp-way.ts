import { connect } from 'node:net';
import type { Socket } from 'node:net';

import type { Random } from '../../rebuild/random-tree.ts';
import type { Direction, Strike, Trap } from './trap.ts';
import { Line } from './weather.ts';
import type { Weather } from './weather.ts';

type Pair = {
  readonly client: Socket;
  readonly hub: Socket;
  readonly lines: readonly Line[];
  /** Nothing passes any more, and neither end is told. */
  isMute: boolean;
};

/** Passes connections on, until something strikes. */
export class TcpWay {
  readonly #trap: Trap;
  readonly #weather: () => Weather;
  readonly #random: Random;
  readonly #onStrike: (strike: Strike) => void;
  readonly #pairs = new Set<Pair>();
  #isHeld = false;

  constructor(
    trap: Trap,
    weather: () => Weather,
    random: Random,
    onStrike: (strike: Strike) => void,
  ) {
    this.#onStrike = onStrike;
    this.#trap = trap;
    this.#weather = weather;
    this.#random = random;
  }

  accept(client: Socket, port: number): void {
    client.setNoDelay(true);
    const hub = connect({ port, host: '127.0.0.1', noDelay: true });
    const lines = [new Line(this.#weather, this.#random), new Line(this.#weather, this.#random)];
    const pair: Pair = { client, hub, lines, isMute: false };
    this.#pairs.add(pair);
    this.#pump(pair, 'up', client, hub, lines[0] as Line);
    this.#pump(pair, 'down', hub, client, lines[1] as Line);
    if (this.#isHeld) hold(pair);
  }

  /** To all connections that are there. */
  strike(strike: Strike): void {
    for (const pair of this.#pairs) {
      if (pair.isMute) continue;
      if (strike === 'silence') {
        pair.isMute = true;
        hold(pair);
        continue;
      }
      for (const socket of [pair.client, pair.hub]) {
        if (strike === 'cut') socket.destroySoon();
        else socket.resetAndDestroy();
      }
    }
  }

  /** Nothing passes until it is let go; nothing is lost. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const pair of this.#pairs) {
      if (isHeld) hold(pair);
      else if (!pair.isMute) for (const socket of [pair.client, pair.hub]) socket.resume();
    }
  }

  close(): void {
    for (const { client, hub, lines } of this.#pairs) {
      for (const line of lines) line.end();
      for (const socket of [client, hub]) socket.destroy();
    }
    this.#pairs.clear();
  }

  #pump(pair: Pair, direction: Direction, from: Socket, to: Socket, line: Line): void {
    const arrive = (bytes: Buffer): void => {
      if (!pair.isMute && to.writable && !to.write(bytes)) from.pause();
    };
    const go = (): void => {
      if (!pair.isMute && !this.#isHeld) from.resume();
    };
    const pass = (bytes: Buffer): void => {
      if (!line.stream(bytes, arrive, go)) from.pause();
    };
    to.on('drain', go);
    from.on('data', (bytes: Buffer) => {
      if (pair.isMute) return;
      const hit = this.#trap.pass(direction, bytes.length);
      if (hit === null) return pass(bytes);
      if (hit.strike === 'garble') {
        bytes[hit.at] = (bytes[hit.at] as number) ^ 1;
        return pass(bytes);
      }
      if (hit.at > 0) pass(bytes.subarray(0, hit.at));
      this.#onStrike(hit.strike);
    });
    let isReset = false;
    from.on('error', () => (isReset = true));
    from.on('close', () => {
      if (pair.isMute) return;
      this.#pairs.delete(pair);
      if (isReset) to.resetAndDestroy();
      else to.destroySoon();
    });
  }
}

function hold({ client, hub }: Pair): void {
  client.pause();
  hub.pause();
}
