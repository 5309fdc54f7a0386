import { SearchX, TextSearch } from 'lucide';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { SetKey } from '../../../../src/console/api/common.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState } from '../../shared/components/card.tsx';
import { Select } from '../../shared/components/inputs.tsx';
import { ProgressBar } from '../../shared/components/progress-bar.tsx';
import { formatCount } from '../../shared/format.ts';
import { Page } from '../../shared/shell/page.tsx';
import { nameText } from '../../shared/show-name.tsx';
import { keyText } from '../forms/set-choice.tsx';
import { FoundList } from './found-list.tsx';
import { snapshotsText } from './i18n/text.ts';
import { SNAPSHOTS, findPlace, keyFrom, setPlace } from './places.ts';
import { SearchBox } from './search-box.tsx';
import { useSets } from './use-history.ts';
import { useSearch } from './use-search.ts';
import type { Search } from './use-search.ts';

/** Finds files and folders by name in all snapshots. */
export function FindPage() {
  const text = snapshotsText.value;
  const { query } = useLocation();
  const scope = keyFrom(query);
  const wanted = query['text'] ?? '';
  const [round, setRound] = useState(0);
  const { search, stop } = useSearch(wanted, scope, round);
  const again = () => setRound(round + 1);
  return (
    <Page
      title={text.findTitle}
      lead={text.findLead}
      back={
        scope === null
          ? { href: SNAPSHOTS, label: text.title }
          : { href: setPlace(scope), label: keyText(scope) }
      }
    >
      <div class="grid items-center gap-2 lg:grid-cols-[minmax(0,1fr)_16rem]">
        <SearchBox text={wanted} scope={scope} isMain autoFocus={wanted === ''} onSubmit={again} />
        <ScopeSelect text={wanted} scope={scope} />
      </div>
      <SearchLine search={search} onStop={stop} onAgain={again} />
      {search.failure !== null && <FailureAlert failure={search.failure} onRetry={again} />}
      {search.state === 'idle' && (
        <Card>
          <EmptyState icon={TextSearch} title={text.findStart} text={text.findStartText} />
        </Card>
      )}
      {search.state === 'done' && search.groups.length === 0 && (
        <Card>
          <EmptyState icon={SearchX} title={text.foundNone} text={text.foundNoneText} />
        </Card>
      )}
      {search.more && <Alert tone="warn">{text.foundMore}</Alert>}
      {search.groups.length > 0 && <FoundList groups={search.groups} showsSet={scope === null} />}
    </Page>
  );
}

function ScopeSelect({ text: wanted, scope }: { text: string; scope: SetKey | null }) {
  const text = snapshotsText.value;
  const { route } = useLocation();
  const { value } = useSets();
  const keys = (value?.sets ?? []).map(({ key }) => key);
  if (scope !== null && !keys.some((key) => keyText(key) === keyText(scope))) keys.push(scope);
  return (
    <Select
      label={text.findWhere}
      value={scope === null ? '' : keyText(scope)}
      options={[
        { value: '', label: text.everywhere },
        ...keys.map((key) => ({ value: keyText(key), label: nameText(keyText(key)) })),
      ]}
      onChange={(chosen) =>
        route(findPlace(wanted, keys.find((key) => keyText(key) === chosen) ?? null), true)
      }
    />
  );
}

/** How far it is, and what came of it. */
function SearchLine(props: { search: Search; onStop: () => void; onAgain: () => void }) {
  const text = snapshotsText.value;
  const { search } = props;
  const { state, progress } = search;
  if (state === 'idle') return null;
  const found = text.found(search.versions, search.groups.length);
  const isRunning = state === 'running';
  return (
    <div class="-my-3 flex flex-col gap-1">
      <div class="flex min-h-10 flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
        <p>
          <span class="font-semibold">{found}</span>
          <span class="text-muted">
            {progress !== null &&
              ` · ${text.searching(formatCount(progress.snapshots), formatCount(progress.snapshotsTotal))}`}
            {state === 'stopped' && ` · ${text.stopped}`}
          </span>
        </p>
        {isRunning && (
          <Button size="small" onClick={props.onStop}>
            {text.stop}
          </Button>
        )}
        {state === 'stopped' && (
          <Button size="small" onClick={props.onAgain}>
            {text.searchAgain}
          </Button>
        )}
      </div>
      <div class="h-1.5">
        {isRunning && (
          <ProgressBar
            slim
            label={text.searchBegins}
            done={progress?.snapshots ?? 0}
            total={progress?.snapshotsTotal ?? 0}
            unknown={progress === null}
          />
        )}
      </div>
      {/* Said when it begins and when it ends, not all the time. */}
      <p role="status" class="sr-only">
        {isRunning ? text.searchBegins : state === 'done' ? found : ''}
      </p>
    </div>
  );
}
