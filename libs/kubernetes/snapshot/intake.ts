import type { InventoryBuilder } from '#inventory/inventory-builder.js';
import { identityOf } from '#inventory/projection/objects.js';
import { asObject, InvalidObject } from '#inventory/projection/raw.js';
import { refText } from '#inventory/resource-ref.js';
import { resourceKeyOf, resourceType } from '#inventory/resources.js';
import { IdentityIndex } from './identity-index.js';
import { SnapshotError } from './snapshot-error.js';

/** Where an object stands in an upload. */
export interface Place {
  readonly unit: 'byte' | 'line';
  readonly at: number;
}

/** Kind and version that a list gives to items which leave them out. */
export interface ListContext {
  readonly kind?: string;
  readonly apiVersion?: string;
}

/** Lists in lists deeper than this are no snapshot that any tool writes. */
const MAX_NESTED_LISTS = 4;

/** Takes the objects of one upload: those of known kinds become facts, others are counted. */
export class Intake {
  private readonly identities = new IdentityIndex();
  /** Objects met, of any kind. */
  objects = 0;
  /** Objects of kinds that are not read. */
  ignored = 0;
  /** Something of OpenShift's own configuration was among them. */
  hasOpenShiftApi = false;

  constructor(
    private readonly builder: InventoryBuilder,
    private readonly maxObjects: number,
    private readonly onObject: (objects: number) => void,
  ) {}

  /** For messages: the number of the object that comes next, and its place. */
  where(place: Place): string {
    return `object ${this.objects + 1}, at ${place.unit} ${place.at}`;
  }

  add(value: unknown, place: Place, list?: ListContext, nesting = 0): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.notKubernetes(place, 'is no object');
    const raw = value as Readonly<Record<string, unknown>>;
    const kind = own(raw, 'kind') ?? itemKindOf(list);
    const apiVersion = own(raw, 'apiVersion') ?? list?.apiVersion;
    if (typeof kind !== 'string' || kind === '' || typeof apiVersion !== 'string' || apiVersion === '') throw this.notKubernetes(place, 'has no kind and apiVersion');
    const items = own(raw, 'items');
    if (kind.endsWith('List') && Array.isArray(items)) {
      if (nesting >= MAX_NESTED_LISTS) throw new SnapshotError('snapshot-too-deep', `${this.where(place)} is a list in a list in a list; send the objects themselves`);
      for (const item of items) this.add(item, place, { kind, apiVersion }, nesting + 1);
      return;
    }
    this.take(raw, kind, apiVersion, place);
  }

  private take(raw: Readonly<Record<string, unknown>>, kind: string, apiVersion: string, place: Place): void {
    if (this.objects >= this.maxObjects) throw new SnapshotError('snapshot-too-large', `the upload holds more than ${this.maxObjects} objects`);
    const key = resourceKeyOf(apiVersion, kind);
    if (apiVersion.startsWith('config.openshift.io/')) this.hasOpenShiftApi = true;
    if (key === undefined) this.ignored++;
    else {
      const identity = this.identityOf(raw, resourceType(key).namespaced);
      const known = identity && this.identities.add(`${key}/${identity.namespace}/${identity.name}`, this.objects, place.at);
      if (identity && known) {
        const name = refText({ group: '', kind: resourceType(key).kind, ...identity });
        throw new SnapshotError('snapshot-duplicate-object', `${name} is there twice: as object ${known.ordinal + 1}, at ${place.unit} ${known.position}, and as ${this.where(place)}`);
      }
      this.builder.add(key, raw);
    }
    this.onObject(++this.objects);
  }

  /** Undefined where the object has no usable name: the builder counts those as invalid. */
  private identityOf(raw: Readonly<Record<string, unknown>>, namespaced: boolean): { readonly namespace: string; readonly name: string } | undefined {
    try {
      return identityOf(asObject(raw, 'object'), namespaced);
    } catch (error) {
      if (error instanceof InvalidObject) return undefined;
      throw error;
    }
  }

  private notKubernetes(place: Place, what: string): SnapshotError {
    return new SnapshotError('snapshot-not-kubernetes', `${this.where(place)}, ${what}: this is not a Kubernetes object`);
  }
}

const own = (raw: Readonly<Record<string, unknown>>, key: string): unknown => (Object.hasOwn(raw, key) ? raw[key] : undefined);

/** `Pod` for the items of a `PodList`; nothing for those of a plain `List`. */
function itemKindOf(list: ListContext | undefined): string | undefined {
  const kind = list?.kind;
  return kind !== undefined && kind.endsWith('List') && kind !== 'List' ? kind.slice(0, -'List'.length) : undefined;
}
