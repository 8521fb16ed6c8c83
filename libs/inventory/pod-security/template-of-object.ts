import type { PodTemplate } from '../facts.js';
import { projectPodTemplate } from '../projection/pod-template.js';
import { InvalidObject, maybeObject, objectAt, type Raw } from '../projection/raw.js';
import { isRecord } from '../readers/unknown-record.js';

/**
 * The pod template of an object. `prefix` stands before field paths of the template to make them the object's:
 * '' for a pod, `spec.template.` for a Deployment.
 */
export type FoundTemplate =
  | { readonly outcome: 'template'; readonly template: PodTemplate; readonly prefix: string }
  /** There is one, but its shape is none that a server would take. */
  | { readonly outcome: 'invalid'; readonly prefix: string; readonly reason: string };

type Place = readonly string[];

const ofController: Place = ['spec', 'template'];
const ofCronJob: Place = ['spec', 'jobTemplate', 'spec', 'template'];
const ofPodTemplate: Place = ['template'];

/** Where kinds of Kubernetes' own have their template; other kinds may have one at any of the places. */
const places: ReadonlyMap<string, Place> = new Map([
  ['Deployment', ofController], ['ReplicaSet', ofController], ['StatefulSet', ofController], ['DaemonSet', ofController], ['ReplicationController', ofController], ['Job', ofController],
  ['CronJob', ofCronJob], ['PodTemplate', ofPodTemplate],
]);

/** Any object as its server would default it; undefined where it has no pod template. Never throws, whatever it is given. */
export function templateOfObject(object: unknown): FoundTemplate | undefined {
  if (!isRecord(object)) return undefined;
  const kind = own(object, 'kind');
  if (kind === 'Pod') return isPresent(own(object, 'spec')) ? project(object, '', true) : undefined;
  const known = typeof kind === 'string' ? places.get(kind) : undefined;
  if (known) return fromKnown(object, known);
  for (const place of [ofController, ofCronJob, ofPodTemplate]) {
    let found: unknown = object;
    for (const field of place) found = isRecord(found) ? own(found, field) : undefined;
    if (isRecord(found) && looksLikeTemplate(found)) return project(found, prefixOf(place), false);
  }
  return undefined;
}

function fromKnown(object: Raw, place: Place): FoundTemplate | undefined {
  let found: Raw | undefined = object;
  try {
    for (const field of place) {
      found = maybeObject(found, field);
      if (!found) return undefined;
    }
  } catch (error) {
    return invalid(error, prefixOf(place));
  }
  return project(found, prefixOf(place), false);
}

function project(raw: Raw, prefix: string, isPod: boolean): FoundTemplate {
  try {
    return { outcome: 'template', template: projectPodTemplate(objectAt(raw, 'metadata'), objectAt(raw, 'spec'), isPod), prefix };
  } catch (error) {
    return invalid(error, prefix);
  }
}

function invalid(error: unknown, prefix: string): FoundTemplate {
  if (error instanceof InvalidObject) return { outcome: 'invalid', prefix, reason: error.message };
  throw error;
}

/** Schemas of other people's kinds promise nothing: only what has containers with names is a pod template. */
function looksLikeTemplate(raw: Raw): boolean {
  const spec = own(raw, 'spec');
  const containers = isRecord(spec) ? own(spec, 'containers') : undefined;
  return Array.isArray(containers) && containers.length > 0 && containers.every((container) => isRecord(container) && typeof own(container, 'name') === 'string');
}

const prefixOf = (place: Place): string => `${place.join('.')}.`;
const isPresent = (value: unknown): boolean => value !== undefined && value !== null;
const own = (raw: Raw, key: string): unknown => (Object.hasOwn(raw, key) ? raw[key] : undefined);
