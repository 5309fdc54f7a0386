import { Command } from 'commander';

import { backupOptions } from './backup-options.ts';
import type { Program, Verb } from './cli.ts';
import { addCommonOptions, commonOptions, valueFlagsOf } from './common-options.ts';

const VERBS: readonly Verb[] = [
  {
    name: 'backup',
    usage: '[-rd] PATH',
    summary: 'back PATH up to the hub, as `rbbackup PATH` does',
    load: async () => (await import('./verbs/backup.ts')).defineBackup,
  },
  {
    name: 'receive',
    usage: 'DIR',
    summary: 'be a destination: rebuild under DIR what comes',
    load: async () => (await import('./verbs/receive.ts')).defineReceive,
  },
  {
    name: 'login',
    usage: 'CODE',
    summary: 'accept an invitation, or log in to an open hub',
    load: async () => (await import('./verbs/login.ts')).defineLogin,
  },
  {
    name: 'snapshots',
    usage: '[SET]',
    summary: 'list snapshots and who holds copies of them',
    load: async () => (await import('./verbs/snapshots.ts')).defineSnapshots,
  },
  {
    name: 'ls',
    usage: 'SNAPSHOT [PATH]',
    summary: 'list what is in a snapshot',
    load: async () => (await import('./verbs/ls.ts')).defineLs,
  },
  {
    name: 'diff',
    usage: 'SNAPSHOT SNAPSHOT',
    summary: 'what differs between two snapshots',
    load: async () => (await import('./verbs/diff.ts')).defineDiff,
  },
  {
    name: 'find',
    usage: 'NAME',
    summary: 'find files by name in all snapshots',
    load: async () => (await import('./verbs/find.ts')).defineFind,
  },
  {
    name: 'restore',
    usage: 'SNAPSHOT[:PATH] DIR',
    summary: 'rebuild a snapshot, a folder or a file under DIR',
    load: async () => (await import('./verbs/restore.ts')).defineRestore,
  },
  {
    name: 'verify',
    usage: 'DIR',
    summary: 'check every byte of a destination, and mend it',
    load: async () => (await import('./verbs/verify.ts')).defineVerify,
  },
  {
    name: 'check',
    usage: '',
    summary: "verify the hub's vault, and heal it",
    load: async () => (await import('./verbs/check.ts')).defineCheck,
  },
  {
    name: 'release',
    usage: 'SNAPSHOT',
    summary: 'let a held back snapshot go to the destinations',
    load: async () => (await import('./verbs/release.ts')).defineRelease,
  },
  {
    name: 'forget',
    usage: 'SNAPSHOT…',
    summary: 'take snapshots out of their set',
    load: async () => (await import('./verbs/forget.ts')).defineForget,
  },
  {
    name: 'status',
    usage: '',
    summary: 'the hub, who is connected, what is running',
    load: async () => (await import('./verbs/status.ts')).defineStatus,
  },
  {
    name: 'gui',
    usage: '',
    summary: 'the client in the browser',
    load: async () => (await import('./verbs/gui.ts')).defineGui,
  },
];

const AFTER = `
A SNAPSHOT is an id, a unique beginning of one, or USER@HOST:SET@latest, of
which what is your own may be left out (SET@latest, latest).

Exit: 0 done · 1 failed · 2 wrong command line · 3 something was left out ·
      4 fewer copies than asked · 5 not allowed or not trusted ·
      130 interrupted

rbbackup VERB -h tells more of a verb. To back up what is named like a verb:
rbbackup backup PATH.
`;

/** The client: `rbbackup`. */
export const clientProgram: Program = {
  name: 'rbbackup',
  verbs: VERBS,
  defaultVerb: 'backup',
  valueOptions: valueFlagsOf([...commonOptions(), ...backupOptions()]),
  help: () => Promise.resolve(helpText()),
};

function helpText(): string {
  const command = new Command('rbbackup').usage('[-h | -rd] PATH\n       rbbackup VERB …');
  command.description(
    'One folder, sent once, into a vault and onto many machines, each copy verified.',
  );
  for (const option of backupOptions()) command.addOption(option);
  addCommonOptions(command);
  command.helpOption('-h, --help', 'this text');
  const verbs = VERBS.map(
    ({ name, usage, summary }) => `  ${`${name} ${usage}`.padEnd(30)}${summary}`,
  );
  return `${command.helpInformation()}\nVerbs:\n${verbs.join('\n')}\n${AFTER}`;
}
