import type {
  FoundLine,
  SearchEnd,
  SearchProgress,
} from '../../../../src/console/api/client-api.ts';
import type { Failure, SetKey } from '../../../../src/console/api/common.ts';
import { ApiError, apiUrl } from '../../shared/api.ts';

export type SearchEvents = {
  readonly onFound: (line: FoundLine) => void;
  readonly onSearched: (progress: SearchProgress) => void;
};

/**
 * Searches, and tells what comes. Read by `fetch`, not by an `EventSource`: that one would begin anew when it has ended, and
 * doesn't say why it was refused.
 *
 * @param scope only in this set
 * @throws ApiError; DOMException `AbortError` if `signal` was aborted
 */
export async function searchNames(
  text: string,
  scope: SetKey | null,
  { onFound, onSearched }: SearchEvents,
  signal: AbortSignal,
): Promise<SearchEnd> {
  for await (const { event, data } of eventsOf(apiUrl('/api/find', { text, ...scope }), signal)) {
    if (event === 'found') onFound(JSON.parse(data) as FoundLine);
    else if (event === 'searched') onSearched(JSON.parse(data) as SearchProgress);
    else if (event === 'end') return JSON.parse(data) as SearchEnd;
    else if (event === 'failed') throw new ApiError(JSON.parse(data) as Failure, 200);
  }
  throw new ApiError({ code: 'no-answer', message: 'The search broke off.' }, 0);
}

type ServerEvent = { readonly event: string; readonly data: string };

/** Server-sent events, of which ours are one line of each field. */
async function* eventsOf(url: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const reader = (await open(url, signal)).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what a stream is
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) yield parseEvent(block);
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw new ApiError({ code: 'no-answer', message: 'The search broke off.' }, 0);
  } finally {
    void reader.cancel().catch(() => {});
  }
}

async function open(url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const init = { signal, credentials: 'same-origin', cache: 'no-store' } as const;
  const response = await fetch(url, init).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiError({ code: 'no-answer', message: 'The program does not answer.' }, 0);
  });
  if (response.ok && response.body !== null) return response.body;
  const failure = (await response.json().catch(() => null)) as Partial<Failure> | null;
  throw new ApiError(
    {
      code: response.status === 401 ? 'not-signed-in' : (failure?.code ?? 'internal'),
      message: failure?.message ?? `The program answered ${response.status}.`,
    },
    response.status,
  );
}

function parseEvent(block: string): ServerEvent {
  let event = 'message';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trimStart();
  }
  return { event, data };
}
