/**
 * Bounds of the formats that travel and that are kept. A receiver refuses what exceeds them before it
 * allocates anything. Specified in docs/spec/repository.md.
 */
export const LIMITS = {
  /** Bytes of a chunk id (BLAKE3-256). */
  idBytes: 32,
  /** Largest plain chunk; also the maximum of the chunker (see chunking.ts). */
  chunkBytes: 4_194_304,
  /** Largest plain content of one bundle: one chunk of the largest size must fit behind neighbours. */
  bundlePlainBytes: 8_388_608,
  /** Most chunks in one bundle. */
  bundleChunks: 8192,
  /** Longest name of one file or folder (Linux NAME_MAX). */
  nameBytes: 255,
  /** Longest path relative to the root of a tree. Longer than PATH_MAX, which bounds a call, not a tree. */
  pathBytes: 32_768,
  /** Deepest nesting of folders below the root of a tree. */
  pathDepth: 2048,
  /** Longest target of a symbolic link (Linux PATH_MAX). */
  targetBytes: 4096,
  /** Longest name of an owner or a group. */
  ownerBytes: 255,
  /** Most extended attributes of an entry, and most bytes of all their names and values. */
  xattrs: 512,
  xattrBytes: 262_144,
  /** Most entries of a page, and most bytes after which it is closed. */
  pageEntries: 1024,
  pageCloseBytes: 262_144,
  /** Bytes of paths, each in full, after which a page is closed: what they share is written once, so a short page could hold long ones. */
  pagePathBytes: 1_048_576,
  /** Most references in one list chunk, and levels of lists above the chunks of a file. */
  listRefs: 64,
  listDepth: 3,
  /** Most references that stand in an entry itself. */
  inlineRefs: 8192,
  /** Most pages of a snapshot. */
  snapshotPages: 125_000,
  /** Longest name of a set, a user, a host. */
  labelBytes: 255,
} as const;
