import { randomBytes } from 'node:crypto';
import { admittedTokenSeconds } from '#inventory/projection/pod-template.js';
import type { KubeObject } from './list-page.js';

export interface SpecMatch {
  /** Index behind the spec. */
  readonly end: number;
  readonly spec: KubeObject;
}

const tokenPrefix = 'kube-api-access-';
const holes = new RegExp(`"nodeName":"|"name":"${tokenPrefix}`, 'g');
const plain = /^[a-z0-9.-]+"/;
/** Nothing that was read holds it, so where it turns up again after parsing is where it was put. */
const standIn = randomBytes(16).toString('hex');

/** The bytes of a pod's spec, with holes for what differs between pods of one template: the node, and the names of the volume that admission adds for the API token. */
export class KnownSpec {
  private constructor(
    private readonly literals: readonly Buffer[],
    /** Which of the holes between the literals is the node's; -1 for none. */
    private readonly nodeHole: number,
    private readonly spec: KubeObject,
  ) {}

  /** Undefined where the bytes are no single object, or hold anything in the holes that may count elsewhere. */
  static learn(bytes: Buffer): KnownSpec | undefined {
    const copy = Buffer.from(bytes);
    const text = copy.toString('latin1');
    const literals: Buffer[] = [];
    const nodeHoles: number[] = [];
    let from = 0;
    for (const { 0: opening, index } of text.matchAll(holes)) {
      const start = index + opening.length;
      const value = plain.exec(text.slice(start, start + 254))?.[0];
      if (value === undefined) return undefined;
      if (opening.startsWith('"nodeName')) nodeHoles.push(literals.length);
      literals.push(copy.subarray(from, start));
      from = start + value.length - 1;
    }
    literals.push(copy.subarray(from));

    const spec = objectOf(Buffer.concat(literals.flatMap((literal, i) => (i === 0 ? [literal] : [Buffer.from(standIn), literal]))));
    if (!spec) return undefined;
    const isNodeKnown = nodeHoles.length === 0 || (nodeHoles.length === 1 && spec['nodeName'] === standIn);
    const tokens = literals.length - 1 - nodeHoles.length;
    return isNodeKnown && tokenNames(spec) === tokens ? new KnownSpec(literals, nodeHoles[0] ?? -1, spec) : undefined;
  }

  /** The spec that begins at `from`, if it is this one. Its token volumes bear a name of ours. */
  match(bytes: Buffer, from: number): SpecMatch | undefined {
    let at = from;
    let nodeName: string | undefined;
    for (const [i, literal] of this.literals.entries()) {
      const end = at + literal.length;
      if (end > bytes.length || bytes.compare(literal, 0, literal.length, at, end) !== 0) return undefined;
      at = end;
      if (i === this.literals.length - 1) break;
      while (isPlain(bytes[at])) at++;
      if (at === end) return undefined;
      if (i === this.nodeHole) nodeName = bytes.toString('latin1', end, at);
    }
    return { end: at, spec: nodeName === undefined ? this.spec : { ...this.spec, nodeName } };
  }
}

function objectOf(json: Buffer): KubeObject | undefined {
  try {
    return JSON.parse(json.toString('utf8')) as KubeObject;
  } catch {
    return undefined;
  }
}

/** Places that bear the token volume's name, and where no other name would be read. */
function tokenNames({ volumes, containers, initContainers, ephemeralContainers }: KubeObject): number {
  const mounts = [containers, initContainers, ephemeralContainers].flatMap(recordsOf).flatMap(({ volumeMounts }) => recordsOf(volumeMounts));
  // A volume of that name that is no token is read by its name.
  return [...recordsOf(volumes).filter(isToken), ...mounts].filter(({ name }) => name === tokenPrefix + standIn).length;
}

/** As the projection tells the volume that admission adds from others. */
function isToken({ projected }: KubeObject): boolean {
  const tokens = recordsOf((projected as KubeObject | undefined)?.['sources']).map((source) => source['serviceAccountToken'] as KubeObject | undefined).filter((token) => typeof token === 'object' && token !== null);
  const [only] = tokens;
  return only !== undefined && tokens.length === 1 && !only['audience'] && admittedTokenSeconds.has(Number(only['expirationSeconds'] ?? 3600));
}

const recordsOf = (value: unknown): readonly KubeObject[] => (Array.isArray(value) ? value.filter((item): item is KubeObject => typeof item === 'object' && item !== null) : []);

const isPlain = (byte: number | undefined): boolean => byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e);
