/** What is said of a transfer under way, in both consoles. */

import { plural } from './language.ts';
import { formatCount } from '../format.ts';

export const transferEn = {
  lookingThrough: 'looking through the folder',
  currentFile: 'Current file',
  noFileYet: 'No file yet',
  rate: 'Rate',
  timeLeft: 'Time left',
  timeUnknown: 'not known yet',
  files: 'Files',
  destinations: 'Destinations',
  moreDestinations: (count: number) =>
    `Show ${formatCount(count)} more ${plural(count, 'destination', 'destinations')}`,
  fewerDestinations: 'Show fewer',
};
