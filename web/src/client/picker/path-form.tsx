import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Path } from '../../../../src/console/api/common.ts';
import { Button } from '../../shared/components/button.tsx';
import { TextInput } from '../../shared/components/inputs.tsx';
import { clientText } from '../i18n/text.ts';

/** A path can be typed as well. */
export function PathForm({ path, onOpen }: { path: Path | null; onOpen: (path: Path) => void }) {
  const text = clientText.value;
  const [typed, setTyped] = useState('');
  const isFirst = useRef(true);
  // Before the folder is seen, so that nobody types into what is about to change.
  useLayoutEffect(() => {
    if (path === null) return;
    // What was typed before the first folder was there stays.
    if (!isFirst.current || typed === '') setTyped(path.path);
    isFirst.current = false;
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path]);
  const go = () => {
    // What stands there unchanged may be less than the exact bytes.
    if (typed.trim() !== '') onOpen(path?.path === typed ? path : { path: typed });
  };
  return (
    <form
      class="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        // The picker may stand in another form, which must not be sent by this.
        event.stopPropagation();
        go();
      }}
    >
      <TextInput mono label={text.pathLabel} value={typed} onInput={setTyped} />
      <Button type="submit">{text.go}</Button>
    </form>
  );
}
