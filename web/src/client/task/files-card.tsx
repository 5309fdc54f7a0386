import { File, FileX, FolderSearch } from 'lucide';
import { useEffect, useState } from 'preact/hooks';

import type { Task, TaskFiles } from '../../../../src/console/api/client-api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { isAbort, toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Card, EmptyState } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { VirtualList } from '../../shared/components/virtual-list.tsx';
import { formatCount } from '../../shared/format.ts';
import { PathLine } from '../../shared/show-name.tsx';
import { taskFiles } from '../api.ts';
import { taskText } from '../i18n/text.ts';
import { hasEnded, isBefore } from '../state.ts';
import { isDryRun } from './task-words.tsx';

type FileLine = TaskFiles['files'][number];

const ROW_PX = 36;
const TYPING_MS = 250;
/** While files are being added, how many fit the filter is asked this often at most. */
const RECOUNT_MS = 2000;

/** What was copied so far, however much it is; fetched as one scrolls. */
export function FilesCard({ task }: { task: Task }) {
  const text = taskText.value;
  const [typed, setTyped] = useState('');
  const filter = useSettled(typed.trim());
  const { total, failure, retry } = useTotal(task, filter);
  const [fetchFailure, setFetchFailure] = useState<Failure | null>(null);
  const title = isDryRun(task) ? text.filesDry : hasEnded(task) ? text.filesEnded : text.files;
  if (task.listed === 0 && (hasEnded(task) || isBefore(task))) return null;
  const shownFailure = failure ?? fetchFailure;
  return (
    <Card
      title={
        <>
          {title} <span class="font-normal text-muted">{formatCount(task.listed)}</span>
        </>
      }
      aside={
        <div class="w-full sm:w-72">
          <TextInput
            label={text.filter}
            placeholder={text.filter}
            value={typed}
            onInput={setTyped}
          />
        </div>
      }
      flush
    >
      {shownFailure !== null && (
        <div class="px-5 py-3">
          <FailureAlert
            failure={shownFailure}
            onRetry={() => {
              setFetchFailure(null);
              retry();
            }}
          />
        </div>
      )}
      {filter !== '' && (
        <p role="status" class="px-5 pt-1 pb-2 text-xs text-muted">
          {text.found(total)}
        </p>
      )}
      <div class="mt-1 border-t border-line">
        {total === 0 ? (
          <EmptyState
            icon={FolderSearch}
            title={filter === '' ? text.filesNoneYet : text.filesNoMatch}
          />
        ) : (
          <VirtualList<FileLine>
            label={title}
            total={total}
            rowHeight={ROW_PX}
            version={filter}
            load={async (offset, limit, signal) =>
              (await taskFiles(task.id, filter, offset, limit, signal)).files
            }
            renderRow={(file) => <FileRow file={file} />}
            onFailure={(error) => setFetchFailure(toFailure(error))}
          />
        )}
      </div>
    </Card>
  );
}

function FileRow({ file }: { file: FileLine | null }) {
  if (file === null) {
    return (
      <div class="flex h-9 items-center px-5">
        <div class="skeleton h-3.5 w-2/3" />
      </div>
    );
  }
  return (
    <div class="flex h-9 items-center gap-3 px-5 text-sm">
      <Icon of={file.deleted ? FileX : File} size={16} class="text-muted" />
      <PathLine path={file.path} class={file.deleted ? 'line-through decoration-muted' : ''} />
      {file.deleted && (
        <span class="ms-auto shrink-0 text-xs text-muted">{taskText.value.deleted}</span>
      )}
    </div>
  );
}

/** The text, once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** How many there are: known from the state without a filter, asked for with one. */
function useTotal(
  task: Task,
  filter: string,
): { total: number; failure: Failure | null; retry: () => void } {
  const [counted, setCounted] = useState<{ filter: string; total: number }>({
    filter: '',
    total: 0,
  });
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const isGrowing = !hasEnded(task);
  useEffect(() => {
    if (filter === '') {
      setFailure(null);
      return undefined;
    }
    const controller = new AbortController();
    const count = async () => {
      try {
        const { total } = await taskFiles(task.id, filter, 0, 1, controller.signal);
        setCounted({ filter, total });
        setFailure(null);
      } catch (error) {
        if (!isAbort(error)) setFailure(toFailure(error));
      }
    };
    void count();
    const timer = isGrowing ? setInterval(() => void count(), RECOUNT_MS) : undefined;
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [task.id, filter, isGrowing, round]);
  const total = filter === '' ? task.listed : counted.filter === filter ? counted.total : 0;
  return { total, failure, retry: () => setRound(round + 1) };
}
