/** What has to be undone should the bench be interrupted: processes to end, folders to remove. */

const pending = new Set<() => void>();

/**
 * Has `undo` done at the end of the process, however it ends save by SIGKILL.
 *
 * @param undo - synchronous; may be called when there is nothing to undo any more
 * @returns takes it off the list again
 */
export function onExit(undo: () => void): () => void {
  pending.add(undo);
  return () => pending.delete(undo);
}

/** Makes the list work; called once, by the program. */
export function installCleanup(): void {
  process.once('exit', () => {
    for (const undo of [...pending].toReversed()) undo();
    pending.clear();
  });
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(status));
  }
}
