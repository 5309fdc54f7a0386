import { Option } from 'commander';

import type { CommonOptions } from './common-options.ts';
import { copiesOption, durationOption } from './option-values.ts';

/** Options of `rbbackup backup`, which are those of `rbbackup PATH` as well. */
export type BackupOptions = CommonOptions & {
  readonly recursive?: true;
  readonly delete?: true;
  readonly copies?: number;
  /** Milliseconds. */
  readonly wait?: number;
  readonly set?: string;
  /** Both are the same list, in the order of the command line. */
  readonly exclude?: readonly ExcludeSource[];
  readonly excludeFrom?: readonly ExcludeSource[];
  readonly dryRun?: true;
  readonly verbose?: true;
};

/** A pattern, or a file of patterns. */
export type ExcludeSource = { readonly kind: 'pattern' | 'file'; readonly text: string };

export function backupOptions(): Option[] {
  // Later patterns undo earlier ones, so the order of both options together counts.
  const sources: ExcludeSource[] = [];
  const collect =
    (kind: ExcludeSource['kind']) =>
    (text: string): ExcludeSource[] => {
      sources.push({ kind, text });
      return sources;
    };
  const option = (flags: string, text: string): Option => new Option(flags, text);
  return [
    option('-r, --recursive', 'with all subfolders'),
    option('-d, --delete', 'delete there, in the newest state, what is gone here'),
    option('--copies <k>', 'succeed only when K destinations hold a verified copy').argParser(
      copiesOption,
    ),
    option(
      '--wait <duration>',
      'how long to wait for them, such as 90s or 2h (default: for ever)',
    ).argParser(durationOption),
    option('--set <name>', 'name of the backup set (default: the last part of PATH)'),
    option('--exclude <pattern>', "leave out, by .gitignore's rules; may be repeated").argParser(
      collect('pattern'),
    ),
    option('--exclude-from <file>', 'patterns from a file; may be repeated').argParser(
      collect('file'),
    ),
    option('--dry-run', 'say what would be sent and deleted; change nothing'),
    option('-v, --verbose', 'list files as they are taken'),
  ];
}
