/** Which extended attributes belong to a backup. */

const KEPT_PREFIXES = ['user.', 'trusted.'].map((text) => Buffer.from(text));
const KEPT_NAMES = [
  'security.capability',
  'system.posix_acl_access',
  'system.posix_acl_default',
].map((text) => Buffer.from(text));
/** What overlayfs keeps for itself: it means something else, or harm, in another place. */
const OWN_OF_OVERLAY = Buffer.from('trusted.overlay.');

/**
 * Whether an attribute is the user's own and means the same on another machine: `user.*`,
 * `trusted.*`, POSIX ACLs and file capabilities. Labels of a security module (`security.selinux`,
 * `security.ima`, …) belong to a machine's policy. A receiver asks this too before it sets what a
 * stranger sent.
 */
export function isKeptXattr(name: Uint8Array): boolean {
  if (KEPT_PREFIXES.some((prefix) => name.length > prefix.length && startsWith(name, prefix))) {
    return !startsWith(name, OWN_OF_OVERLAY);
  }
  return KEPT_NAMES.some((kept) => kept.equals(name));
}

function startsWith(name: Uint8Array, prefix: Uint8Array): boolean {
  for (let at = 0; at < prefix.length; at++) if (name[at] !== prefix[at]) return false;
  return true;
}
