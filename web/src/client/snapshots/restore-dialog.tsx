import { FolderInput } from 'lucide';
import { useId, useState } from 'preact/hooks';

import type { Path } from '../../../../src/console/api/common.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { ChoiceCards } from '../../shared/components/choices.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { formatTime } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { PathLine, nameText, showName } from '../../shared/show-name.tsx';
import { FolderField } from '../forms/folder-field.tsx';
import { useStartTask } from '../forms/use-start-task.ts';
import { snapshotsText } from './i18n/text.ts';
import { nameOf } from './tree-path.ts';

type Props = {
  /** The snapshot's. */
  id: string;
  timeMs: number;
  /** Null: all of it. */
  subtree: Path | null;
  onClose: () => void;
};

/** Asks where to and how, begins the task, and leads to its page. */
export function RestoreDialog({ id, timeMs, subtree, onClose }: Props) {
  const text = snapshotsText.value;
  const form = useId();
  const [into, setInto] = useState<Path | null>(null);
  const [mode, setMode] = useState<'newer' | 'overwrite'>('newer');
  const [isTried, setTried] = useState(false);
  const { isBusy, failure, start } = useStartTask();
  const send = () => {
    setTried(true);
    if (into === null) return;
    const overwrite = mode === 'overwrite';
    void start({ kind: 'restore', snapshot: id, subtree, into, overwrite });
  };
  return (
    <Dialog
      title={text.restoreTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{sharedText.value.cancel}</Button>
          <Button look="primary" type="submit" form={form} icon={FolderInput} busy={isBusy}>
            {text.restore}
          </Button>
        </>
      }
    >
      <form
        id={form}
        class="flex flex-col gap-5"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div class="min-w-0">
          <p class="text-sm font-semibold">
            {subtree === null ? text.restoreEverything : <PathLine path={subtree} />}
          </p>
          <p class="text-xs text-muted">
            {text.inSnapshot} {formatTime(timeMs)}
          </p>
        </div>
        <div class="flex flex-col gap-1.5">
          <FolderField
            label={text.restoreWhere}
            forWriting
            value={into}
            isMissing={isTried && into === null}
            onChange={setInto}
          />
          {into !== null && <Becomes into={into} subtree={subtree} />}
        </div>
        <div class="flex flex-col gap-1.5">
          <p class="text-sm font-semibold">{text.restoreIfThere}</p>
          <ChoiceCards
            label={text.restoreIfThere}
            value={mode}
            options={[
              { value: 'newer', title: text.keepNewer, text: text.keepNewerText },
              { value: 'overwrite', title: text.overwrite, text: text.overwriteText },
            ]}
            onChange={setMode}
          />
          <p class="text-xs text-muted">{text.restoreSafe}</p>
        </div>
        {failure !== null && <FailureAlert failure={failure} />}
      </form>
    </Dialog>
  );
}

/** Where it will lie. */
function Becomes({ into, subtree }: { into: Path; subtree: Path | null }) {
  const text = snapshotsText.value;
  if (subtree === null) return <p class="text-xs text-muted">{text.restoreAllBecomes}</p>;
  return (
    <p class="text-xs text-muted">
      {text.restoreBecomes} {showName(into)}
      {nameText(into).endsWith('/') ? '' : '/'}
      <span class="font-semibold text-base-content">{showName(nameOf(subtree))}</span>
    </p>
  );
}
