import { connect } from './connect.ts';
import { listen } from './listen.ts';
import type { Transport } from './transport.ts';

/** TLS 1.3 over TCP, both ends with self-signed certificates. */
export const tlsTransport: Transport = { listen, connect };
