/** What the client's pages say. */

import { plural } from '../../shared/i18n/language.ts';
import { formatCount } from '../../shared/format.ts';

export const en = {
  navHome: 'Home',
  navSnapshots: 'Snapshots',
  navSettings: 'Settings',
  closedTitle: 'Open this page from the program',
  closedText:
    'For your safety only the program itself can let a browser in. Run this in a terminal: it opens the page anew.',

  // Login
  loginTitle: 'Connect to your hub',
  loginLead: 'The hub is the program that keeps your backups and passes them on. You do this once.',
  loginByCode: 'Invitation',
  loginByName: 'Name and server',
  loginHow: 'How to connect',
  code: 'Invitation code',
  codeHint:
    'Whoever looks after the hub gives it to you. It holds the address, trust and your name.',
  codeMissing: 'Paste the invitation code.',
  name: 'Your name',
  nameHint: 'It keeps your files apart from those of others.',
  nameMissing: 'Enter your name.',
  server: 'Server',
  serverHint:
    'Its address, with :PORT if it is not the usual one. Only open hubs let you in by name.',
  serverMissing: 'Enter the address of the server.',
  localPort: 'Own port',
  localPortHint: 'The port that this machine connects from. Empty: any free one.',
  localPortWrong: 'A port is a number from 0 to 65535.',
  connect: 'Connect',
  connecting: 'Connecting',
  connectFailed: 'Could not connect',
  nearby: 'Found nearby',
  nearbyLooking: 'Looking for hubs on this network',
  nearbyNone: 'No hub announces itself on this network.',
  nearbyAgain: 'Look again',
  nearbyOpen: 'open to names',
  nearbyInvited: 'by invitation',
  nearbyNeedsCode: (hub: string) =>
    `${hub} lets in only those who have an invitation: paste its code above.`,
  knownHubs: 'Known hubs',
  takeHub: 'Use',
  welcomeBack: (hub: string) => `Connected to ${hub}.`,

  // Home
  homeTitle: 'What would you like to do?',
  backUpFolder: 'Back up a folder',
  backUpFolderText:
    'Send a folder of this machine to the hub, and have it copied to as many others as you like.',
  keepCopies: 'Keep copies here',
  keepCopiesText:
    'Let this machine keep copies of backups: it connects, waits, and takes what comes.',
  atWork: 'At work',
  atWorkNone: 'Nothing is at work',
  atWorkNoneText: 'What you begin goes on even if you close this page.',
  ended: 'Ended',
  clearEnded: 'Clear the list',
  cleared: (count: number) =>
    `${formatCount(count)} ${plural(count, 'entry', 'entries')} removed. Backups are not touched.`,

  // Forms
  folder: 'Folder',
  chooseFolder: 'Choose a folder',
  change: 'Change',
  noFolder: 'No folder chosen yet',
  folderMissing: 'Choose a folder first.',
  setName: 'Name of the backup',
  setNameHint: 'Snapshots are listed under this name. Empty: the name of the folder.',
  copies: 'Copies on other machines',
  copiesText: (count: number) =>
    count === 0
      ? 'Only the hub keeps it. You are done as soon as it is safe there.'
      : `The hub keeps it, and ${formatCount(count)} other ${plural(count, 'machine', 'machines')} as well. It starts when ${plural(count, 'one is', `${formatCount(count)} are`)} connected, and is done when ${plural(count, 'that copy is', 'those copies are')} verified.`,
  gone: 'What you have deleted since the last backup',
  keepGone: 'Keep it',
  keepGoneText: 'Files deleted here stay in the newest snapshot and in the copies.',
  deleteGone: 'Delete it there too',
  deleteGoneText:
    'The copies become exactly like this folder. Older snapshots still have what was deleted.',
  exclude: 'Leave out',
  excludeHint: 'One pattern a line, as in .gitignore: *.tmp, node_modules/, /build',
  recursive: 'With all its subfolders',
  recursiveHint: 'Off: only the files directly in the folder.',
  waitFor: 'Wait for destinations',
  waitForever: 'As long as it takes',
  waitMinutes: (count: number) => `${formatCount(count)} ${plural(count, 'minute', 'minutes')}`,
  waitHours: (count: number) => `${formatCount(count)} ${plural(count, 'hour', 'hours')}`,
  limit: 'Limit of the rate',
  limitHint: 'In MiB a second. Empty: as fast as it goes.',
  limitWrong: 'Enter a number greater than 0.',
  startBackup: 'Start the backup',
  dryRun: 'See what would happen',
  dryRunHint: 'Looks through the folder and asks the hub, but sends and deletes nothing.',
  startFailed: 'It could not be started',
  receiveLead:
    'Copies are checked byte by byte. If the connection breaks, it goes on by itself when the hub is back.',
  whichSets: 'Which backups',
  allSets: 'All that I may read',
  allSetsText: 'Each in a subfolder of its own; new ones come by themselves.',
  oneSet: 'One of them',
  oneSetText: 'The folder becomes exactly its tree. What else lies in it is left untouched.',
  pickSet: 'Backup',
  setsNone:
    'The hub has no backup yet that you may read. Choose “All”: they come as soon as there are any.',
  setsNoneChosen: 'Choose a backup.',
  as: 'Name of this destination',
  asHint: 'Origins see this machine under it. Empty: the machine’s name and the folder.',
  connectAndWait: 'Connect and wait',

  // Picker
  places: 'Places',
  placeHome: 'Home',
  placeRoot: 'This machine',
  pathLabel: 'Path',
  go: 'Go',
  newFolder: 'New folder',
  newFolderName: 'Name of the new folder',
  make: 'Create',
  subfolders: 'Folders in it',
  noSubfolders: 'No folders in here. You can choose this one.',
  showHidden: 'Show hidden folders',
  moreFolders: 'More folders than can be listed: enter the path.',
  upOne: 'Up one folder',
  notReadable: 'can’t be read',
  notWritable: 'This folder can’t be written: choose another one.',
  chooseThis: 'Choose this folder',
  folderFacts: (files: string, free: string) => `${files} directly in it · ${free} free`,

  // Settings
  settingsLead: 'Hubs that this device trusts, and how this page looks.',
  hubs: 'Hubs',
  inUse: 'in use',
  addHub: 'Connect to another hub',
  forget: 'Forget',
  forgetTitle: 'Forget this hub?',
  forgetText: (hub: string) =>
    `This device will no longer be known at ${hub}. To come back you need a new invitation. What is stored there stays.`,
  forgotten: 'The hub was forgotten.',
  fingerprint: 'Fingerprint',
  appearance: 'Appearance and language',
  about: 'About',
  version: 'Version',
  machine: 'This machine’s name in backups',
  aboutText: 'One folder, sent once, into a vault and onto many machines, each copy verified.',
};
