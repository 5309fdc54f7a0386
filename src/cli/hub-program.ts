import type { Program, Verb } from './cli.ts';

const VERBS: readonly Verb[] = [
  {
    name: 'serve',
    usage: 'DIR',
    summary: 'serve the directory (the same as `rbbackupd DIR`)',
    load: async () => (await import('./hub-verbs/serve.ts')).defineServe,
  },
  {
    name: 'invite',
    usage: 'DIR NAME',
    summary: 'make an invitation for NAME and print its code',
    load: async () => (await import('./hub-verbs/invite.ts')).defineInvite,
  },
  {
    name: 'check',
    usage: 'DIR',
    summary: 'verify the vault; exit 0 only if it is whole',
    load: async () => (await import('./hub-verbs/check.ts')).defineCheck,
  },
  {
    name: 'users',
    usage: 'DIR …',
    summary: 'list users and devices, change rights, remove them',
    load: async () => (await import('./hub-verbs/users.ts')).defineUsers,
  },
  {
    name: 'release',
    usage: 'DIR SNAPSHOT',
    summary: 'let a held back snapshot go to the destinations',
    load: async () => (await import('./hub-verbs/release.ts')).defineRelease,
  },
  {
    name: 'password',
    usage: 'DIR',
    summary: 'set the password of the console in the browser',
    load: async () => (await import('./hub-verbs/password.ts')).definePassword,
  },
];

/** The hub: `rbbackupd`. */
export const hubProgram: Program = {
  name: 'rbbackupd',
  verbs: VERBS,
  defaultVerb: 'serve',
  valueOptions: new Set([
    '--listen',
    '--console',
    '--name',
    '--limit',
    '--hold-share',
    '--hold-files',
    '--scrub-days',
    '--expires',
    '--address',
  ]),
  help: helpText,
};

async function helpText(): Promise<string> {
  const { Command } = await import('commander');
  const { addServeOptions } = await import('./serve-options.ts');
  const command = new Command('rbbackupd').usage('DIR [options]\n       rbbackupd VERB DIR …');
  command.description('The server: keeps backups in DIR and passes them on to destinations.');
  addServeOptions(command);
  command.helpOption('-h, --help', 'this text');
  const verbs = VERBS.map(
    ({ name, usage, summary }) => `  ${`${name} ${usage}`.padEnd(20)}${summary}`,
  );
  return `${command.helpInformation()}\nVerbs:\n${verbs.join('\n')}\n\nrbbackupd VERB -h tells more of a verb.\n`;
}
