import { otherCpu } from '../measure/sample.ts';
import type { Life } from '../ours/life.ts';
import type { Column } from './series.ts';

/** What is followed of a folder that is sent to one destination, sent again and restored. */
export const LIFE_COLUMNS: readonly Column[] = [
  { key: 'seconds', head: 'to 1 destination', unit: 's', power: 1 },
  { key: 'originCpu', head: 'origin: CPU', unit: 's', power: 1 },
  { key: 'hubCpu', head: 'hub: CPU', unit: 's', power: 1 },
  { key: 'destinationCpu', head: 'destination: CPU', unit: 's', power: 1 },
  { key: 'again', head: 'nothing changed', unit: 's', power: 1 },
  { key: 'restore', head: 'restore', unit: 's', power: 1 },
  { key: 'originBytes', head: 'origin', unit: 'MB', power: 0 },
  { key: 'hubBytes', head: 'hub', unit: 'MB', power: 0 },
  { key: 'destinationBytes', head: 'destination', unit: 'MB', power: 0 },
  { key: 'againBytes', head: 'origin, nothing changed', unit: 'MB', power: 0 },
  { key: 'restoreBytes', head: 'restore', unit: 'MB', power: 0 },
];

/** Their values. */
export function lifeValues({ sent, again, restored }: Life): Record<string, number> {
  return {
    seconds: sent.seconds,
    originCpu: sent.cpuSeconds,
    hubCpu: otherCpu(sent, 'hub'),
    destinationCpu: otherCpu(sent, 'destinations'),
    again: again.seconds,
    restore: restored.seconds,
    originBytes: sent.peakBytes['origin'] ?? 0,
    hubBytes: sent.peakBytes['hub'] ?? 0,
    destinationBytes: sent.peakBytes['destination'] ?? 0,
    againBytes: again.peakBytes['origin'] ?? 0,
    restoreBytes: restored.peakBytes['restore'] ?? 0,
  };
}
