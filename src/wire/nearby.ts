/** What hubs say of themselves on the local network: DNS-SD (RFC 6763) over multicast DNS (RFC 6762). */

/** `_rbbackup._tcp.local`, without what the library adds. */
export const NEARBY_SERVICE = 'rbbackup';

/** A label of DNS (RFC 1035). */
const MAX_LABEL_BYTES = 63;
const FINGERPRINT_DIGITS = 8;

/** What stands in the TXT record. All of it is a hint: who may be trusted shows the connection. */
export type NearbyText = {
  /** For people. */
  readonly name: string;
  readonly fingerprint: string;
  /** `1` if anybody may log in by name alone. */
  readonly open: '0' | '1';
  /** The program and its version. */
  readonly version: string;
  /** Only of a hub that listens at this one of its machine's addresses. */
  readonly address?: string;
};

/**
 * The name of a hub's announcement. Parts of its fingerprint make it unlike every other's: two hubs of one name are
 * no conflict then, which nobody would be there to decide when two networks are joined later.
 */
export function nearbyLabel(name: string, fingerprint: string): string {
  const digits = ` (${fingerprint.slice(0, FINGERPRINT_DIGITS)})`;
  // A dot would part it in two, and the library writes the rest as it is.
  const plain = name.replaceAll('.', '-');
  let label = '';
  for (const character of plain) {
    if (Buffer.byteLength(label + character) > MAX_LABEL_BYTES - digits.length) break;
    label += character;
  }
  return label.trim() + digits;
}

/** A host name of the hub's own: the machine's is its mDNS responder's to announce. */
export function nearbyHost(fingerprint: string): string {
  return `rbbackup-${fingerprint.slice(0, 2 * FINGERPRINT_DIGITS)}.local`;
}
