/** Many clients at once, which log in and stay. */

import { createIdentity } from '../../src/transport/identity.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { helloOf } from '../hub/lab.ts';

const AT_ONCE = 20;

export class Crowd implements Disposable {
  readonly #connections: Connection[] = [];

  /** As people of different names on as many machines, at an open hub. */
  static async connect(address: string, count: number): Promise<Crowd> {
    const crowd = new Crowd();
    const identity = await createIdentity();
    let next = 0;
    const connectSome = async (): Promise<void> => {
      while (next < count) {
        const number = String(next++).padStart(4, '0');
        const connection = await tlsTransport.connect({
          identity,
          addresses: [address],
          expectedFingerprint: null,
        });
        crowd.#connections.push(connection);
        await connection.control.send(helloOf(`user-${number}`, { host: `machine-${number}` }));
        const welcome = await connection.control.next();
        if (welcome?.t !== 'welcome') throw new Error(`no welcome for client ${number}`);
        connection.markLoggedIn();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, connectSome));
    return crowd;
  }

  /** Those after the first `rest` go away. */
  keepOnly(rest: number): void {
    for (const connection of this.#connections.splice(rest)) connection.close();
  }

  [Symbol.dispose](): void {
    this.keepOnly(0);
  }
}
