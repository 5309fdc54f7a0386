/** The routes of the client's console, typed by src/console/api/client-api.ts. */

import type {
  DiskFolder,
  HubChoice,
  KnownHub,
  LoginRequest,
  NearbyHubs,
  NewFolderRequest,
  Sets,
  Task,
  TaskFiles,
  TaskRequest,
} from '../../../src/console/api/client-api.ts';
import type { Done, Path } from '../../../src/console/api/common.ts';
import type { Query } from '../shared/api.ts';
import { deleteJson, getJson, postJson } from '../shared/api.ts';

/** A path in a query: the exact bytes where the text is not all of it. */
export function pathQuery(path: Path): Query {
  return path.pathBytes === undefined ? { path: path.path } : { pathBytes: path.pathBytes };
}

export function login(request: LoginRequest, signal?: AbortSignal): Promise<KnownHub> {
  return postJson('/api/login', request, signal);
}
export function chooseHub(choice: HubChoice): Promise<unknown> {
  return postJson('/api/hubs/current', choice);
}
export function forgetHub(choice: HubChoice): Promise<Done> {
  return deleteJson('/api/hubs', choice);
}
export function nearbyHubs(signal?: AbortSignal): Promise<NearbyHubs> {
  return getJson('/api/nearby', {}, signal);
}
/** Null: the user's home. */
export function diskFolder(path: Path | null, signal?: AbortSignal): Promise<DiskFolder> {
  return getJson('/api/disk', path === null ? {} : pathQuery(path), signal);
}
export function makeFolder(request: NewFolderRequest): Promise<DiskFolder> {
  return postJson('/api/disk/folder', request);
}
export function startTask(request: TaskRequest): Promise<Task> {
  return postJson('/api/tasks', request);
}
export function cancelTask(id: string): Promise<Done> {
  return postJson(`/api/tasks/${encodeURIComponent(id)}/cancel`);
}
export function repeatTask(id: string): Promise<Task> {
  return postJson(`/api/tasks/${encodeURIComponent(id)}/again`);
}
export function removeTask(id: string): Promise<Done> {
  return deleteJson(`/api/tasks/${encodeURIComponent(id)}`);
}
export function taskFiles(
  id: string,
  filter: string,
  offset: number,
  limit: number,
  signal: AbortSignal,
): Promise<TaskFiles> {
  return getJson(`/api/tasks/${encodeURIComponent(id)}/files`, { filter, offset, limit }, signal);
}
export function visibleSets(signal?: AbortSignal): Promise<Sets> {
  return getJson('/api/sets', {}, signal);
}
