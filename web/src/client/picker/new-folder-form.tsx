import { useState } from 'preact/hooks';

import type { DiskFolder } from '../../../../src/console/api/client-api.ts';
import type { Failure, Path } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { makeFolder } from '../api.ts';
import { clientText } from '../i18n/text.ts';

export function NewFolderForm(props: { parent: Path; onMade: (made: DiskFolder) => void }) {
  const text = clientText.value;
  const [name, setName] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const make = async () => {
    if (name.trim() === '') return;
    setBusy(true);
    setFailure(null);
    try {
      props.onMade(await makeFolder({ parent: props.parent, name }));
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        // The picker may stand in another form, which must not be sent by this.
        event.stopPropagation();
        void make();
      }}
    >
      <div class="flex gap-2">
        <TextInput
          autoFocus
          label={text.newFolderName}
          placeholder={text.newFolderName}
          maxLength={255}
          value={name}
          onInput={setName}
        />
        <Button type="submit" busy={isBusy}>
          {text.make}
        </Button>
      </div>
      {failure !== null && <FailureAlert failure={failure} />}
    </form>
  );
}
