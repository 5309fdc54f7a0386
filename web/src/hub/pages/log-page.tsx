import { CircleAlert, Info, ScrollText, SearchX, TriangleAlert } from 'lucide';
import { useState } from 'preact/hooks';

import type { Log, LogLine } from '../../../../src/console/api/hub-api.ts';
import { FailureAlert, messageText } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Segmented } from '../../shared/components/choices.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { showName } from '../../shared/show-name.tsx';
import { useFollowed } from '../follow.ts';
import { hubText } from '../i18n/text.ts';
import { SearchInput } from '../search-input.tsx';
import { hubState } from '../state.ts';

type Least = 'all' | 'warn' | 'error';

const LEVELS = {
  info: { icon: Info, ink: 'text-muted' },
  warn: { icon: TriangleAlert, ink: 'text-warning' },
  error: { icon: CircleAlert, ink: 'text-error' },
} as const;

/** What happened lately. */
export function LogPage() {
  const text = hubText.value;
  const { data, failure, refresh } = useFollowed<Log>('/api/log', hubState.value?.logVersion);
  return (
    <Page title={text.navLog} lead={text.logLead}>
      {failure !== null && <FailureAlert failure={failure} onRetry={refresh} />}
      {data === null ? (
        failure === null && <Skeleton lines={6} class="h-10" />
      ) : data.lines.length === 0 ? (
        <Card>
          <EmptyState icon={ScrollText} title={text.logNone} text={text.logNoneText} />
        </Card>
      ) : (
        <Found lines={data.lines} />
      )}
    </Page>
  );
}

function Found({ lines }: { lines: readonly LogLine[] }) {
  const text = hubText.value;
  const [words, setWords] = useState('');
  const [least, setLeast] = useState<Least>('all');
  const wanted = words.trim().toLowerCase();
  const shown = lines.filter((line) => isAtLeast(line, least) && hasWords(line, wanted));
  return (
    <>
      <div class="flex flex-wrap items-center gap-3">
        <SearchInput label={text.logFilter} value={words} onInput={setWords} />
        <Segmented
          label={text.logLevel}
          value={least}
          options={[
            { value: 'all', label: text.logAll },
            { value: 'warn', label: text.logWarnings },
            { value: 'error', label: text.logErrors },
          ]}
          onChange={setLeast}
        />
        <p class="text-xs text-muted sm:ms-auto" role="status">
          {text.logCount(shown.length, lines.length)}
        </p>
      </div>
      <Card flush>
        {shown.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title={text.noMatch}
            action={
              <Button
                onClick={() => {
                  setWords('');
                  setLeast('all');
                }}
              >
                {text.clearFilter}
              </Button>
            }
          />
        ) : (
          <ol class="-mt-2 divide-y divide-line">
            {shown.map((line, index) => (
              // Newest first: counted from the end, a line keeps its place.
              <li key={`${line.timeMs} ${shown.length - index}`}>
                <LogRow line={line} />
              </li>
            ))}
          </ol>
        )}
      </Card>
    </>
  );
}

function LogRow({ line }: { line: LogLine }) {
  const text = hubText.value;
  const { icon, ink } = LEVELS[line.level];
  const about = [line.user, line.set, line.address].filter((name) => name !== null);
  return (
    <div class="flex items-start gap-3 px-5 py-3">
      <Icon of={icon} class={`mt-0.5 ${ink}`} />
      <div class="flex min-w-0 flex-1 flex-col gap-x-6 md:flex-row md:items-baseline md:justify-between">
        <p class="min-w-0 text-sm">
          <span class={line.level === 'info' ? 'sr-only' : `font-semibold ${ink}`}>
            {text.levels[line.level]}:{' '}
          </span>
          <bdi lang="en">{messageText(line.message)}</bdi>
        </p>
        <p class="flex min-w-0 flex-wrap gap-x-3 text-xs text-muted md:shrink-0 md:justify-end">
          {about.map((name) => (
            <span key={name}>{showName(name)}</span>
          ))}
          {line.code !== null && <code class="font-mono">{line.code}</code>}
          <span class="md:w-28 md:text-end">
            <RelativeTime ms={line.timeMs} />
          </span>
        </p>
      </div>
    </div>
  );
}

function isAtLeast({ level }: LogLine, least: Least): boolean {
  return least === 'all' || level === 'error' || level === least;
}

function hasWords({ message, user, set, address, code }: LogLine, words: string): boolean {
  return [message, user, set, address, code].join('\n').toLowerCase().includes(words);
}
