import type { Container } from '#inventory/facts.js';
import type { WorkloadSubject } from '../engine/scope.js';
import { templatePatch } from './workload-patch.js';

type Json = Record<string, unknown>;

const typeOfList: Readonly<Record<string, Container['type']>> = { containers: 'container', initContainers: 'init' };
const inList = /^spec\.(\w+)\[(\d+)\]\.(.+)$/;
const annotation = /^metadata\.annotations\[(.+)\]$/;

/**
 * A strategic merge patch that takes fields out of a workload's template, where leaving them out is what is wanted. Fields are
 * written as rules of the Pod Security Standards write them. Undefined where one of them is no patch's to change.
 */
export function withoutFields(subject: WorkloadSubject, fields: readonly string[]): unknown {
  const metadata: Json = {};
  const spec: Json = {};
  const changed = new Map<Container, Json>();
  for (const field of fields) {
    const annotated = annotation.exec(field);
    if (annotated) {
      ((metadata['annotations'] ??= {}) as Json)[annotated[1]!] = null;
      continue;
    }
    const listed = inList.exec(field);
    if (!listed) {
      clear(spec, field.slice('spec.'.length));
      continue;
    }
    const container = subject.template.containers.filter(({ type }) => type === typeOfList[listed[1]!])[Number(listed[2])];
    if (!container) return undefined;
    let change = changed.get(container);
    if (!change) {
      change = { name: container.name };
      changed.set(container, change);
      ((spec[listed[1]!] ??= []) as Json[]).push(change);
    }
    clear(change, listed[3]!);
  }
  return templatePatch(subject, { ...(Object.keys(metadata).length > 0 && { metadata }), ...(Object.keys(spec).length > 0 && { spec }) });
}

function clear(object: Json, path: string): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let holder = object;
  for (const key of keys) holder = (holder[key] ??= {}) as Json;
  holder[last] = null;
}
