import { Folder, FolderSearch } from 'lucide';
import { useState } from 'preact/hooks';

import type { Path } from '../../../../src/console/api/common.ts';
import { Button } from '../../shared/components/button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { PathLine } from '../../shared/show-name.tsx';
import { clientText } from '../i18n/text.ts';
import { FolderPicker } from '../picker/folder-picker.tsx';

/** A folder of this machine, and the way to choose it. */
export function FolderField(props: {
  label: string;
  value: Path | null;
  forWriting?: boolean;
  /** The form was sent without it. */
  isMissing: boolean;
  onChange: (path: Path) => void;
}) {
  const text = clientText.value;
  const [isOpen, setOpen] = useState(false);
  const isEmpty = props.value === null;
  return (
    <div role="group" aria-label={props.label} class="flex flex-col gap-1.5">
      <p class="text-sm font-semibold">{props.label}</p>
      <div
        class={`flex flex-wrap items-center gap-3 rounded-xl border p-3 ${props.isMissing ? 'border-error' : 'border-line'} ${isEmpty ? 'border-dashed' : 'bg-base-100'}`}
      >
        <span class="grid size-10 shrink-0 place-items-center rounded-lg bg-good-soft text-primary">
          <Icon of={isEmpty ? FolderSearch : Folder} size={20} />
        </span>
        <span class="min-w-0 flex-1 basis-40">
          {props.value === null ? (
            <span class="text-muted">{text.noFolder}</span>
          ) : (
            <PathLine path={props.value} />
          )}
        </span>
        <Button onClick={() => setOpen(true)}>{isEmpty ? text.chooseFolder : text.change}</Button>
      </div>
      {props.isMissing && (
        <p class="text-xs font-medium text-error" role="alert">
          {text.folderMissing}
        </p>
      )}
      {isOpen && (
        <FolderPicker
          title={text.chooseFolder}
          start={props.value}
          forWriting={props.forWriting ?? false}
          onClose={() => setOpen(false)}
          onChoose={(path) => {
            setOpen(false);
            props.onChange(path);
          }}
        />
      )}
    </div>
  );
}
