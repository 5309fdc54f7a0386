/** What the time of a program goes to, in the order of the table. */
export const GROUPS = [
  'reading and writing files',
  'cutting',
  'hashing',
  'zstd',
  'TLS and sockets',
  'frames and messages',
  'messages between threads',
  'entries, pages, bundles',
  'vault and catalog',
  'garbage collection',
  'outside JavaScript',
  'start-up',
  'rest',
] as const;

export type Group = (typeof GROUPS)[number];

/** A function as a profile names it; what is native has no address. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/** First match counts; the names are V8's, Node's and ours. */
const BY_URL: readonly (readonly [RegExp, Group])[] = [
  [/src\/chunk\/(native-zstd|zstd|compress)\.ts|^node:zlib/, 'zstd'],
  [/src\/base\/hash\.ts|blake-hash|internal\/crypto/, 'hashing'],
  [/src\/chunk\/(cutter|gear)|^wasm:/, 'cutting'],
  [
    /src\/chunk\/(worker-pool|serve-jobs|job-messages)|internal\/worker|per_context\/messageport|internal\/event_target/,
    'messages between threads',
  ],
  [/src\/posix\/|src\/base\/durable|^node:fs|^node:internal\/fs/, 'reading and writing files'],
  [
    /src\/transport\/|^node:(net|tls|_tls|internal\/(tls|net|streams|stream_base))|^node:(stream|_http)/,
    'TLS and sockets',
  ],
  [/src\/wire\/|cbor-x|src\/base\/bytes/, 'frames and messages'],
  [/src\/(vault|catalog)\/|^node:sqlite/, 'vault and catalog'],
  [/src\/(model|scan|rebuild|chunk|hub|client)\//, 'entries, pages, bundles'],
  [
    /^node:internal\/(modules|bootstrap|process|options|util|errors|url|validators|encoding|perf|main|vm)|^node:(vm|path|url|buffer|util|events|timers|os)$/,
    'start-up',
  ],
  [
    /node_modules\/(commander|valibot|ignore|koffi|@koromix|@peculiar|reflect-metadata)/,
    'start-up',
  ],
];

const NATIVE: Readonly<Record<string, Group>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'outside JavaScript',
  ...named('messages between threads', [
    'postMessage',
    'stopThread',
    'startThread',
    'drain',
    'structuredClone',
  ]),
  ...named('TLS and sockets', [
    'writev',
    'writeBuffer',
    'readStart',
    'readStop',
    'shutdown',
    'setKeyCert',
  ]),
  ...named('hashing', ['digest', 'update', 'oneShotDigest']),
  ...named('reading and writing files', [
    'open',
    'close',
    'read',
    'write',
    'writeBuffers',
    'lstat',
    'stat',
    'fstat',
    'statfs',
    'readdir',
    'mkdir',
    'rename',
    'unlink',
    'fsync',
    'fdatasync',
    'ftruncate',
    'readFileUtf8',
  ]),
  ...named('vault and catalog', ['prepare', 'run', 'get', 'all', 'exec']),
};

/** Natives that are only ever seen while a program loads. */
const LOADING =
  /^(compile|internal(Module|Binding)|wrapSafe|getCLI|legacyMainResolve|dlopen|parse$|link$|evaluate$|instantiate)/;
/** A thread that waits in one of these does nothing. */
const WAITING: ReadonlySet<string> = new Set([
  '(idle)',
  'wait',
  'takeArena',
  'receiveMessageOnPort',
]);

/** Null: the thread did nothing. */
export function groupOf({ functionName, url }: Frame): Group | null {
  if (WAITING.has(functionName)) return null;
  if (url === '') return NATIVE[functionName] ?? (LOADING.test(functionName) ? 'start-up' : 'rest');
  if (LOADING.test(functionName)) return 'start-up';
  return BY_URL.find(([pattern]) => pattern.test(url))?.[1] ?? 'rest';
}

function named(group: Group, names: readonly string[]): Record<string, Group> {
  return Object.fromEntries(names.map((name) => [name, group]));
}
