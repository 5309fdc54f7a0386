import type { Transport } from './transport.ts';

/** TLS 1.3 over UDP. What it needs is loaded when it is used. */
export const udpTransport: Transport = {
  listen: async (options) => (await import('./udp-listen.ts')).listen(options),
  connect: async (options) => (await import('./udp-connect.ts')).connect(options),
};
