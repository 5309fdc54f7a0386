import type { FuzzTarget } from '../engine/target.ts';
import { CATALOG_TARGET } from './catalog.ts';
import { MDNS_TARGET } from './mdns.ts';
import { MODEL_TARGETS } from './model.ts';
import { NET_TARGETS } from './net.ts';
import { STORE_TARGETS } from './store.ts';
import { TYPED_TARGETS } from './typed.ts';
import { WIRE_TARGETS } from './wire.ts';

/** Every decoder and parser that reads what somebody else wrote. */
export const TARGETS: readonly FuzzTarget[] = [
  ...WIRE_TARGETS,
  ...MODEL_TARGETS,
  ...STORE_TARGETS,
  CATALOG_TARGET,
  ...TYPED_TARGETS,
  ...NET_TARGETS,
  MDNS_TARGET,
];
