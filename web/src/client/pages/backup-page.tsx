import { Eye, FolderUp } from 'lucide';
import { useState } from 'preact/hooks';

import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { ChoiceCards } from '../../shared/components/choices.tsx';
import { Field } from '../../shared/components/field.tsx';
import { NumberStepper, TextInput } from '../../shared/components/inputs.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { BackupAdvanced, ExcludeField } from '../forms/backup-advanced.tsx';
import { EMPTY_BACKUP, backupRequest } from '../forms/backup-draft.ts';
import type { BackupDraft } from '../forms/backup-draft.ts';
import { FolderField } from '../forms/folder-field.tsx';
import { useStartTask } from '../forms/use-start-task.ts';
import { clientText } from '../i18n/text.ts';
import { lastPart } from '../task/task-words.tsx';

const MOST_COPIES = 64;

export function BackupPage() {
  const text = clientText.value;
  const [draft, setDraft] = useState<BackupDraft>(EMPTY_BACKUP);
  const [isTried, setTried] = useState(false);
  const { isBusy, failure, start } = useStartTask();
  const change = (part: Partial<BackupDraft>) => setDraft((before) => ({ ...before, ...part }));
  const send = (dryRun: boolean) => {
    setTried(true);
    const request = backupRequest(draft, dryRun);
    if (request !== null) void start(request);
  };
  return (
    <Page
      narrow
      title={text.backUpFolder}
      lead={text.backUpFolderText}
      back={{ href: '/', label: text.navHome }}
    >
      <form
        class="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send(false);
        }}
      >
        <Card>
          <div class="flex flex-col gap-6">
            <FolderField
              label={text.folder}
              value={draft.source}
              isMissing={isTried && draft.source === null}
              onChange={(source) => change({ source })}
            />
            <Field label={text.setName} optional hint={text.setNameHint}>
              <TextInput
                value={draft.set}
                maxLength={255}
                placeholder={draft.source === null ? '' : lastPart(draft.source)}
                onInput={(set) => change({ set })}
              />
            </Field>
            <Field label={text.copies} hint={text.copiesText(draft.copies)}>
              <NumberStepper
                value={draft.copies}
                min={0}
                max={MOST_COPIES}
                onChange={(copies) => change({ copies })}
              />
            </Field>
            <DeleteChoice draft={draft} change={change} />
            <ExcludeField draft={draft} change={change} />
            <BackupAdvanced draft={draft} change={change} />
          </div>
        </Card>
        {failure !== null && <FailureAlert failure={failure} onRetry={() => send(false)} />}
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button look="primary" size="large" type="submit" icon={FolderUp} busy={isBusy}>
            {text.startBackup}
          </Button>
          <Button size="large" icon={Eye} disabled={isBusy} onClick={() => send(true)}>
            {text.dryRun}
          </Button>
          <p class="min-w-0 flex-1 basis-52 text-xs text-muted">{text.dryRunHint}</p>
        </div>
      </form>
    </Page>
  );
}

function DeleteChoice(props: { draft: BackupDraft; change: (part: Partial<BackupDraft>) => void }) {
  const text = clientText.value;
  return (
    <div class="flex flex-col gap-1.5">
      <p class="text-sm font-semibold">{text.gone}</p>
      <ChoiceCards
        label={text.gone}
        columns
        value={props.draft.deletes ? 'delete' : 'keep'}
        options={[
          { value: 'keep', title: text.keepGone, text: text.keepGoneText },
          { value: 'delete', title: text.deleteGone, text: text.deleteGoneText },
        ]}
        onChange={(choice) => props.change({ deletes: choice === 'delete' })}
      />
    </div>
  );
}
