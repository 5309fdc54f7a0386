import { useState } from 'preact/hooks';

import type { DiskFolder } from '../../../../src/console/api/client-api.ts';
import type { Path } from '../../../../src/console/api/common.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { clientText } from '../i18n/text.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { FolderList } from './folder-list.tsx';
import { NewFolderForm } from './new-folder-form.tsx';
import { PathForm } from './path-form.tsx';
import { Places } from './places.tsx';
import { useFolder } from './use-folder.ts';

type Props = {
  title: string;
  /** Where to begin; null: the user's home. */
  start: Path | null;
  /** The folder has to be written. */
  forWriting?: boolean;
  onChoose: (path: Path) => void;
  onClose: () => void;
};

/** Browses the folders of this machine: by mouse, by arrow keys, or by typing a path. */
export function FolderPicker({ title, start, forWriting = false, onChoose, onClose }: Props) {
  const text = clientText.value;
  const disk = useFolder(start);
  const { folder, failure, isBusy, open } = disk;
  const isRefused = forWriting && folder?.writable === false;
  return (
    <Dialog
      wide
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{sharedText.value.cancel}</Button>
          <Button
            look="primary"
            disabled={folder === null || isRefused || isBusy}
            onClick={() => folder !== null && onChoose(folder.path)}
          >
            {text.chooseThis}
          </Button>
        </>
      }
    >
      <div class="grid gap-5 sm:grid-cols-[11rem_minmax(0,1fr)]">
        <Places places={folder?.places ?? []} current={folder?.path ?? null} onOpen={open} />
        <div class="flex min-w-0 flex-col gap-3">
          <PathForm path={folder?.path ?? null} onOpen={open} />
          {folder !== null && <Breadcrumbs path={folder.path} onOpen={open} />}
          {failure !== null && <FailureAlert failure={failure} />}
          <FolderList folder={folder} isBusy={isBusy} onOpen={open} />
          {folder !== null && <FolderFacts folder={folder} isRefused={isRefused} disk={disk} />}
        </div>
      </div>
    </Dialog>
  );
}

function FolderFacts(props: {
  folder: DiskFolder;
  isRefused: boolean;
  disk: ReturnType<typeof useFolder>;
}) {
  const text = clientText.value;
  const { folder, isRefused, disk } = props;
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      {isRefused && <Alert tone="warn" title={text.notWritable} />}
      <div class="flex min-h-10 flex-wrap items-center justify-between gap-2">
        <p class="text-xs text-muted">
          {text.folderFacts(sharedText.value.files(folder.files), formatBytes(folder.freeBytes))}
        </p>
        <Button
          size="small"
          pressed={isMaking}
          disabled={!folder.writable}
          onClick={() => setMaking(!isMaking)}
        >
          {text.newFolder}
        </Button>
      </div>
      {isMaking && (
        <NewFolderForm
          parent={folder.path}
          onMade={(made) => {
            setMaking(false);
            disk.show(made);
          }}
        />
      )}
    </>
  );
}
