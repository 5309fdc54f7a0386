import { CopyButton } from '../../shared/components/copy-button.tsx';

/** A command to type, with a button that copies it. */
export function CommandLine({ command, label }: { command: string; label?: string }) {
  return (
    <div class="flex items-start gap-1 rounded-lg bg-base-300 p-1 ps-3">
      <code class="min-w-0 flex-1 self-center py-1.5 font-mono text-sm break-all">{command}</code>
      <CopyButton bare text={command} {...(label !== undefined && { label })} />
    </div>
  );
}
