import { useEffect, useRef, useState } from 'preact/hooks';

import type { FoundLine, SearchProgress } from '../../../../src/console/api/client-api.ts';
import type { Failure, SetKey } from '../../../../src/console/api/common.ts';
import { isAbort, toFailure } from '../../shared/api.ts';
import { keyText } from '../forms/set-choice.tsx';
import { searchNames } from './search-stream.ts';
import { pathId } from './tree-path.ts';

/** All versions of what has one path in one set, the newest first. */
export type FoundGroup = { readonly id: string; readonly versions: readonly FoundLine[] };

export type Search = {
  readonly state: 'idle' | 'running' | 'done' | 'stopped' | 'failed';
  /** In the order in which they were found: nothing moves while more comes. */
  readonly groups: readonly FoundGroup[];
  readonly versions: number;
  readonly progress: SearchProgress | null;
  readonly more: boolean;
  readonly failure: Failure | null;
};

/** Ten times a second, however fast they come. */
const SHOW_MS = 100;
const IDLE: Search = {
  state: 'idle',
  groups: [],
  versions: 0,
  progress: null,
  more: false,
  failure: null,
};

/** The search for `text`, begun anew when it, the scope or `round` changes, and ended with the component. */
export function useSearch(
  text: string,
  scope: SetKey | null,
  round: number,
): { readonly search: Search; stop(): void } {
  const [search, setSearch] = useState<Search>(IDLE);
  const stopping = useRef<() => void>(() => {});
  const scopeText = scope === null ? '' : keyText(scope);
  const latest = useRef(scope);
  latest.current = scope;
  useEffect(() => {
    if (text === '') {
      setSearch(IDLE);
      return undefined;
    }
    const controller = new AbortController();
    const finds = new Finds();
    let progress: SearchProgress | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const show = (part: Partial<Search>) => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      setSearch({ ...IDLE, state: 'running', progress, ...finds.taken(), ...part });
    };
    const showSoon = () => {
      timer ??= setTimeout(() => show({}), SHOW_MS);
    };
    show({});
    stopping.current = () => {
      controller.abort();
      show({ state: 'stopped' });
    };
    const events = {
      onFound: (line: FoundLine) => {
        finds.add(line);
        showSoon();
      },
      onSearched: (searched: SearchProgress) => {
        progress = searched;
        showSoon();
      },
    };
    searchNames(text, latest.current, events, controller.signal).then(
      ({ more }) => show({ state: 'done', more }),
      (error: unknown) => {
        if (isAbort(error) || controller.signal.aborted) return;
        show({ state: 'failed', failure: toFailure(error) });
      },
    );
    return () => {
      controller.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [text, scopeText, round]);
  return { search, stop: () => stopping.current() };
}

/** What was found so far, by set and path. */
class Finds {
  readonly #groups = new Map<string, FoundLine[]>();
  #shown: FoundGroup[] = [];
  readonly #touched = new Set<string>();
  #versions = 0;

  add(line: FoundLine): void {
    const id = `${keyText(line.key)} ${pathId(line.path)}`;
    const group = this.#groups.get(id);
    this.#touched.add(id);
    if (group === undefined) {
      this.#groups.set(id, [line]);
      this.#versions++;
      return;
    }
    const same = group.findIndex(({ snapshot }) => snapshot === line.snapshot);
    if (same >= 0) {
      group[same] = line;
      return;
    }
    group.push(line);
    this.#versions++;
  }

  taken(): Pick<Search, 'groups' | 'versions'> {
    if (this.#touched.size > 0) {
      const old = new Map(this.#shown.map((group) => [group.id, group]));
      this.#shown = [...this.#groups].map(([id, lines]) =>
        !this.#touched.has(id) && old.has(id)
          ? (old.get(id) as FoundGroup)
          : { id, versions: lines.toSorted((one, other) => other.newestMs - one.newestMs) },
      );
      this.#touched.clear();
    }
    return { groups: this.#shown, versions: this.#versions };
  }
}
