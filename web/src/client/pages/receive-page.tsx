import { FolderDown } from 'lucide';
import { useState } from 'preact/hooks';

import type { ReceiveRequest, SetLine } from '../../../../src/console/api/client-api.ts';
import type { Path, SetKey } from '../../../../src/console/api/common.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { ChoiceCards } from '../../shared/components/choices.tsx';
import { Field } from '../../shared/components/field.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { AdvancedFold } from '../forms/advanced-fold.tsx';
import { FolderField } from '../forms/folder-field.tsx';
import { LimitField, parseLimit } from '../forms/limit-field.tsx';
import { LocalPortField, parseLocalPort } from '../forms/local-port-field.tsx';
import { SetChoice } from '../forms/set-choice.tsx';
import { useStartTask } from '../forms/use-start-task.ts';
import { clientText } from '../i18n/text.ts';

type Draft = {
  readonly folder: Path | null;
  readonly which: 'all' | 'one';
  readonly set: SetKey | null;
  readonly as: string;
  readonly limit: string;
  readonly localPort: string;
};

export function ReceivePage() {
  const text = clientText.value;
  const [draft, setDraft] = useState<Draft>({
    folder: null,
    which: 'all',
    set: null,
    as: '',
    limit: '',
    localPort: '',
  });
  const [isTried, setTried] = useState(false);
  const { isBusy, failure, start } = useStartTask();
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const send = () => {
    setTried(true);
    const request = requestOf(draft);
    if (request !== null) void start(request);
  };
  return (
    <Page
      narrow
      title={text.keepCopies}
      lead={text.receiveLead}
      back={{ href: '/', label: text.navHome }}
    >
      <form
        class="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Card>
          <div class="flex flex-col gap-6">
            <FolderField
              label={text.folder}
              forWriting
              value={draft.folder}
              isMissing={isTried && draft.folder === null}
              onChange={(folder) => change({ folder })}
            />
            <WhichSets draft={draft} isTried={isTried} change={change} />
            <AdvancedFold>
              <Field label={text.as} optional hint={text.asHint}>
                <TextInput value={draft.as} maxLength={255} onInput={(as) => change({ as })} />
              </Field>
              <LimitField value={draft.limit} onInput={(limit) => change({ limit })} />
              <LocalPortField
                value={draft.localPort}
                onInput={(localPort) => change({ localPort })}
              />
            </AdvancedFold>
          </div>
        </Card>
        {failure !== null && <FailureAlert failure={failure} onRetry={send} />}
        <div>
          <Button look="primary" size="large" type="submit" icon={FolderDown} busy={isBusy}>
            {text.connectAndWait}
          </Button>
        </div>
      </form>
    </Page>
  );
}

function WhichSets(props: {
  draft: Draft;
  isTried: boolean;
  change: (part: Partial<Draft>) => void;
}) {
  const text = clientText.value;
  const { draft, change } = props;
  return (
    <div class="flex flex-col gap-1.5">
      <p class="text-sm font-semibold">{text.whichSets}</p>
      <ChoiceCards
        label={text.whichSets}
        columns
        value={draft.which}
        options={[
          { value: 'all', title: text.allSets, text: text.allSetsText },
          { value: 'one', title: text.oneSet, text: text.oneSetText },
        ]}
        onChange={(which) => change({ which })}
      />
      {draft.which === 'one' && (
        <SetChoice
          value={draft.set}
          isMissing={props.isTried && draft.set === null}
          onChange={({ key }: SetLine) => change({ set: key })}
        />
      )}
    </div>
  );
}

/** Null if something is not right yet; the fields say what. */
function requestOf(draft: Draft): ReceiveRequest | null {
  const limit = parseLimit(draft.limit);
  const localPort = parseLocalPort(draft.localPort);
  if (draft.folder === null || limit === null || localPort === null) return null;
  if (draft.which === 'one' && draft.set === null) return null;
  return {
    kind: 'receive',
    folder: draft.folder,
    set: draft.which === 'all' ? null : draft.set,
    ...(draft.as.trim() !== '' && { as: draft.as.trim() }),
    ...(limit !== undefined && { limitBytesPerSec: limit }),
    ...(localPort !== undefined && { localPort }),
  };
}
