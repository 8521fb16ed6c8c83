import type { Observed } from '../observed.js';
import { InvalidObject, maybeObject, objectAt, type Raw } from '../projection/raw.js';
import { isRecord } from '../readers/unknown-record.js';
import { resourceType, type ResourceKey } from '../resources.js';
import { byText } from '../text-order.js';
import type { ExposedCredential, ExposureFacts } from './exposed-credential.js';
import { CleanTexts, findCredentials, MOST_PATHS, nothingFound, type Finding, type NamedText } from './find-credentials.js';
import { annotationTexts, lastApplied, podTexts } from './object-texts.js';

/** Who runs the pods in which something was found. */
export interface ExposureOwner {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface Gathered {
  readonly found: Map<string, ExposedCredential>;
  more: number;
  isUnread: boolean;
}

/** Gathers the credentials of all objects while they are in hand; what is kept of them is where they stand. */
export class Exposures {
  private readonly objects = new Map<ResourceKey, ExposureFacts[]>();
  /** By the list they came from and the node of the owner graph. */
  private readonly owned = new Map<ResourceKey, Map<number, Gathered>>();
  private readonly clean = new CleanTexts();

  /** An object that stands for itself. `textsOf` is asked again for what its annotation repeats of it. */
  addObject(key: ResourceKey, raw: Raw, { namespace, name }: { readonly namespace: string; readonly name: string }, textsOf: (raw: Raw) => readonly NamedText[]): void {
    const findings = this.findAll(raw, textsOf);
    if (findings.length === 0) return;
    const gathered = gather(findings);
    if (isEmpty(gathered)) return;
    const { group, kind } = resourceType(key);
    const facts = factsOf(key, { group, kind, namespace, name }, gathered);
    const list = this.objects.get(key);
    if (list) list.push(facts);
    else this.objects.set(key, [facts]);
  }

  /** A controller: `templateOf` finds its pod template, in what an annotation repeats of it too. */
  addController(key: ResourceKey, owner: number, raw: Raw, templateOf: (raw: Raw) => Raw | undefined): void {
    this.own(key, owner, this.findAll(raw, (object) => {
      const template = templateOf(object);
      return template ? podTexts(objectAt(template, 'metadata'), objectAt(template, 'spec')) : [];
    }));
  }

  addPod(owner: number, metadata: Raw, spec: Raw): void {
    this.own('pods', owner, [findCredentials(podTexts(metadata, spec), this.clean)]);
  }

  restart(key: ResourceKey): void {
    this.objects.delete(key);
    this.owned.delete(key);
  }

  /** Everything that was found, what stands in pods under the name of their owner. */
  facts(ownerOf: (owner: number) => ExposureOwner): Observed<readonly ExposureFacts[]> {
    const owners = new Map<string, { readonly key: ResourceKey; readonly owner: ExposureOwner; readonly gathered: Gathered }>();
    for (const [key, byOwner] of this.owned) {
      for (const [id, gathered] of byOwner) {
        const owner = ownerOf(id);
        const identity = `${owner.group}/${owner.kind}/${owner.namespace}/${owner.name}`;
        const known = owners.get(identity);
        if (known) merge(known.gathered, gathered);
        else owners.set(identity, { key, owner, gathered });
      }
    }
    return { state: 'observed', value: [...[...this.objects.values()].flat(), ...Array.from(owners.values(), ({ key, owner, gathered }) => factsOf(key, owner, gathered))] };
  }

  /** What stands in an object, and in the annotation that repeats an earlier state of it where that says more. */
  private findAll(raw: Raw, textsOf: (raw: Raw) => readonly NamedText[]): readonly Finding[] {
    const metadata = objectAt(raw, 'metadata');
    const texts = [...textsOf(raw), ...annotationTexts(metadata)];
    if (texts.length === 0 && !maybeObject(metadata, 'annotations')) return [];
    const live = findCredentials(texts, this.clean);
    const applied = maybeObject(metadata, 'annotations')?.[lastApplied];
    return typeof applied === 'string' ? [live, this.findApplied(applied, texts, live, textsOf)] : [live];
  }

  /** One finding for all that the annotation alone shows. */
  private findApplied(applied: string, liveTexts: readonly NamedText[], live: Finding, textsOf: (raw: Raw) => readonly NamedText[]): Finding {
    const path = `metadata.annotations[${lastApplied}]`;
    const repeated = parsed(applied);
    const texts = repeated && loosely(() => [...textsOf(repeated), ...annotationTexts(objectAt(repeated, 'metadata'))]);
    // Mostly it says what the object says, which has been looked through.
    if (texts && !live.isUnread && isAmong(texts, liveTexts)) return nothingFound;
    const finding = findCredentials(texts ?? [{ path, name: '', value: applied, isNamed: true }], this.clean);
    const shown = new Set(live.found.map((credential) => credential.path));
    const [first] = finding.found.filter((credential) => !shown.has(credential.path));
    return { found: first ? [{ path, detector: first.detector, hint: first.hint }] : [], more: 0, isUnread: finding.isUnread };
  }

  private own(key: ResourceKey, owner: number, findings: readonly Finding[]): void {
    const gathered = gather(findings);
    if (isEmpty(gathered)) return;
    let byOwner = this.owned.get(key);
    if (!byOwner) this.owned.set(key, (byOwner = new Map()));
    const known = byOwner.get(owner);
    if (known) merge(known, gathered);
    else byOwner.set(owner, gathered);
  }
}

function isAmong(texts: readonly NamedText[], others: readonly NamedText[]): boolean {
  const known = new Map(others.map(({ path, name, value }) => [path, { name, value }]));
  return texts.every(({ path, name, value }) => {
    const other = known.get(path);
    return other !== undefined && other.name === name && other.value === value;
  });
}

function parsed(json: string): Raw | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    // Anybody may write anything into an annotation; then it is a text like others. The parser's message repeats it.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function loosely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidObject) return undefined;
    throw error;
  }
}

const gather = (findings: readonly Finding[]): Gathered => {
  const gathered: Gathered = { found: new Map(), more: 0, isUnread: false };
  for (const { found, more, isUnread } of findings) merge(gathered, { found: new Map(found.map((credential) => [credential.path, credential])), more, isUnread });
  return gathered;
};

/** Pods come in any order, which decides nothing. */
function merge(into: Gathered, { found, more, isUnread }: Gathered): void {
  for (const [path, credential] of found) {
    const known = into.found.get(path);
    if (known ? comesBefore(credential, known) : into.found.size < MOST_PATHS) into.found.set(path, credential);
    else if (!known) into.more++;
  }
  into.more = Math.max(into.more, more);
  into.isUnread ||= isUnread;
}

const comesBefore = (a: ExposedCredential, b: ExposedCredential): boolean => (byText(a.detector, b.detector) || byText(a.hint, b.hint)) < 0;

const isEmpty = ({ found, isUnread }: Gathered): boolean => found.size === 0 && !isUnread;

function factsOf(key: ResourceKey, { group, kind, namespace, name }: ExposureOwner, { found, more, isUnread }: Gathered): ExposureFacts {
  return { key, group, kind, namespace, name, found: [...found.values()].sort((a, b) => byText(a.path, b.path)), ...(more > 0 && { more }), ...(isUnread && { isUnread }) };
}
