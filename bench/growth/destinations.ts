import { otherCpu } from '../measure/sample.ts';
import { sendToDestinations } from '../ours/destinations.ts';
import { Workspace } from '../workspace.ts';
import type { Series } from './series.ts';

const COUNTS: readonly number[] = [1, 3, 10, 30];
const QUICK_COUNTS: readonly number[] = [1, 3];
/** Some 2,000 files and 50 MB. */
const PART = 'fs';
const PART_BYTES = 60e6;
/** Of a destination's process, its memory where its folder is in memory too. */
const PROCESS_BYTES = 150e6;

/** From one destination to thirty. */
export const destinations: Series = {
  id: 'destinations',
  title: 'More destinations',
  work: 'destinations',
  how: 'The folder `fs` of the kernel to so many destinations at once, to the end of the last one. All of them share the cores of one machine. "CPU" of destinations is that of all together.',
  columns: [
    { key: 'seconds', head: 'wall time', unit: 's', power: 1 },
    { key: 'originCpu', head: 'origin: CPU', unit: 's', power: 0 },
    { key: 'hubCpu', head: 'hub: CPU', unit: 's', power: 1 },
    { key: 'destinationCpu', head: 'destinations: CPU', unit: 's', power: 1 },
    { key: 'originBytes', head: 'origin', unit: 'MB', power: 0 },
    { key: 'hubBytes', head: 'hub', unit: 'MB', power: 0 },
    { key: 'destinationBytes', head: 'destination', unit: 'MB', power: 0 },
  ],
  async *run({ options, sources, log }) {
    for (const count of options.isQuick ? QUICK_COUNTS : COUNTS) {
      const space = PART_BYTES * (count + 2) + PROCESS_BYTES * count;
      await using workspace = Workspace.open(options.where, space, log);
      const source = await sources.makePart(workspace.path, PART);
      const state = await workspace.empty('state');
      const { sample } = await sendToDestinations(state, source, count);
      const values = {
        seconds: sample.seconds,
        originCpu: sample.cpuSeconds,
        hubCpu: otherCpu(sample, 'hub'),
        destinationCpu: otherCpu(sample, 'destinations'),
        originBytes: sample.peakBytes['origin'] ?? 0,
        hubBytes: sample.peakBytes['hub'] ?? 0,
        destinationBytes: sample.peakBytes['destination'] ?? 0,
      };
      yield { x: count, where: workspace.where, values };
    }
  },
};
