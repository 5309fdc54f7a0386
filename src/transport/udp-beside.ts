import { toRbError } from '../base/errors.ts';
import type { RbError } from '../base/errors.ts';
import type { Transport } from './transport.ts';
import { udpTransport } from './udp.ts';

/**
 * A transport whose hubs listen by UDP too, on the same address and port number; what is said of a connection holds for both.
 * Clients of it connect as those of `transport`.
 *
 * @param onMissing - told why, if UDP can't be had; the hub listens all the same
 */
export function withUdp(transport: Transport, onMissing: (error: RbError) => void): Transport {
  return {
    ...transport,
    listen: async (options) => {
      const first = await transport.listen(options);
      const { address: host, port } = first;
      const second = await udpTransport.listen({ ...options, host, port }).catch((error) => {
        onMissing(toRbError(error));
        return null;
      });
      const close = async (): Promise<void> => {
        await Promise.all([first.close(), second?.close()]);
      };
      return { address: host, port, close };
    },
  };
}
