/** What the hub's pages say: the frame, the way in, the log, the settings. */

import type { LogLine } from '../../../../src/console/api/hub-api.ts';
import { plural } from '../../shared/i18n/language.ts';
import { formatCount } from '../../shared/format.ts';

const levels: Readonly<Record<LogLine['level'], string>> = {
  info: 'info',
  warn: 'warning',
  error: 'error',
};

export const en = {
  navOverview: 'Overview',
  navRuns: 'Runs',
  navCopies: 'Copies',
  navClients: 'Clients',
  navPeople: 'People',
  navVault: 'Vault',
  navLog: 'Log',
  navSettings: 'Settings',
  filter: 'Filter',
  noMatch: 'Nothing contains this.',
  clearFilter: 'Clear the filter',
  showMore: (count: number) => `Show ${formatCount(count)} more`,

  // First start, login
  setupTitle: 'Choose a password',
  setupLead:
    'It protects this console: who listens, who may come in, what is kept. Only this machine is asked for it the first time.',
  password: 'Password',
  passwordAgain: 'The same password again',
  passwordHint: 'At least 8 characters. A few words that don’t belong together are hard to guess.',
  passwordShort: 'A password has at least 8 characters.',
  passwordsDiffer: 'The two passwords are not the same.',
  passwordMissing: 'Enter the password.',
  strength: 'How hard it is to guess',
  strengths: {
    none: 'nothing yet',
    short: 'too short',
    weak: 'easy to guess',
    fair: 'fair',
    good: 'hard to guess',
  },
  setPassword: 'Set the password',
  elsewhereTitle: 'Set the password first',
  elsewhereLead:
    'This hub has no password yet, and the first one can only be set on its own machine.',
  elsewhereOpen: 'Open the console there, in a browser on the hub’s machine, or run there:',
  elsewhereAgain: 'Look again',
  loginTitle: 'Sign in',
  signIn: 'Sign in',
  signOut: 'Sign out',
  wrongPassword: 'This is not the password of this console.',
  waitTitle: 'Too many wrong passwords',
  waitText: (duration: string) => `You can try again in ${duration}.`,
  waitOver: 'You can try again now.',
  forgotPassword: 'Forgotten? On the hub’s machine, this sets a new one:',

  // Log
  logLead: 'What happened lately, the newest first. The program writes it in English.',
  logAll: 'All',
  logWarnings: 'Warnings',
  logErrors: 'Errors',
  logLevel: 'Level',
  logFilter: 'Filter by text, person, backup or address',
  logNone: 'Nothing has happened yet',
  logNoneText: 'Logins, runs, and whatever goes wrong appear here by themselves.',
  logCount: (shown: number, total: number) =>
    `${formatCount(shown)} of ${formatCount(total)} ${plural(total, 'event', 'events')}`,
  levels,

  // Settings
  passwordTitle: 'Password',
  passwordBefore: 'Present password',
  passwordNew: 'New password',
  changePassword: 'Change the password',
  passwordChanged: 'The password was changed. All other browsers were signed out.',
  appearance: 'Appearance and language',
  about: 'About this hub',
  hubName: 'Name',
  program: 'Program',
  runningSince: 'Started',
  fingerprint: 'Fingerprint',
  fingerprintHint:
    'Who logs in for the first time can compare it, to be sure that it is this hub. Invitations hold it already.',
  admission: 'Who may come in',
  admissionOpen: 'Anyone who can reach it, by name alone',
  admissionClosed: 'Only who was invited',
  thisBrowser: 'This browser',
  thisBrowserText: 'It stays signed in for 7 days.',
};
