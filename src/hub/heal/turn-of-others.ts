/** Lets everything else that waits for its turn have it: who goes through trees that lie in memory would keep the hub for itself. */
export async function turnOfOthers(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
