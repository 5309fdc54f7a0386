import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

import { WIRE_ALPN } from '../wire/wire-limits.ts';
import type { Identity } from './transport.ts';

/**
 * What both ends ask of TLS. Certificates are self-signed and compared by fingerprint, never by a chain; sessions are
 * not resumed, as a resumed one would not show its certificate anew.
 */
export function tlsOptions(
  identity: Identity,
): Pick<
  TlsOptions,
  | 'key'
  | 'cert'
  | 'minVersion'
  | 'ALPNProtocols'
  | 'rejectUnauthorized'
  | 'secureOptions'
  | 'ciphers'
> {
  return {
    key: identity.keyPem,
    cert: identity.certPem,
    minVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
    ALPNProtocols: [WIRE_ALPN],
    rejectUnauthorized: false,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
