import { KnownSpec } from './known-spec.js';
import { parseItem, type KubeObject, type ListForm } from './list-page.js';

export interface ParsedPod {
  readonly object: KubeObject;
  /** One token for pods whose specs differ in `nodeName` and in the name of the API token's volume alone. */
  readonly sameSpec?: object;
}

const metadataKey = Buffer.from('{"metadata":{');
const specKey = Buffer.from(',"spec":{');
const waiting = Buffer.from('"waiting":{');
const statusKey = Buffer.from(',"status":{');
const addressesKey = Buffer.from(',"podIPs":[');
const statusStart = /^,"status":\{(?:"observedGeneration":\d+,)?"phase":"(?<phase>[A-Za-z]+)"[,}]/;
const metadataStart = /^\{"metadata":\{"name":"[a-z0-9.-]+","generateName":"(?<generateName>[a-z0-9.-]+)"/;
/** Two names of the longest. */
const LONGEST_START = 2 * 253 + 64;

/**
 * Parses pods one by one. Lists are sorted by name, so the pods of a controller follow one another: their spec, which
 * differs in what scheduler and admission put in alone, is parsed once.
 */
export class PodParser {
  private generateName?: string;
  private isLearnt = false;
  private known?: KnownSpec;

  constructor(private readonly form: ListForm) {}

  /** `next` is the pod that follows. Throws as `parseItem` does. Objects share what is equal in them: they are to be read only. */
  parse(bytes: Buffer, next: Buffer | undefined): ParsedPod {
    const generateName = generateNameIn(bytes);
    const isFirst = generateName !== this.generateName;
    if (isFirst) {
      this.generateName = generateName;
      this.isLearnt = false;
      delete this.known;
    }
    // Many a controller has one pod, and the pods of some differ: what is to be learnt is learnt once, and for two at least.
    if (!this.isLearnt && generateName !== undefined && (!isFirst || (next && generateNameIn(next) === generateName))) {
      this.isLearnt = true;
      this.known = learn(bytes);
    }
    return (this.known && parseByKnown(bytes, this.known)) ?? { object: parseItem(bytes, this.form) };
  }
}

function learn(bytes: Buffer): KnownSpec | undefined {
  const specAt = bytes.indexOf(specKey);
  const statusAt = bytes.indexOf(statusKey, specAt);
  return specAt < 0 || statusAt < 0 ? undefined : KnownSpec.learn(bytes.subarray(specAt + specKey.length - 1, statusAt));
}

/**
 * A pod whose metadata is one whole value, and is followed by the known spec and then by a status, is what parsing it in
 * one piece would give. Undefined for any other. Of the status only the addresses are read and the phase, which API servers
 * write first, unless a container waits: that may be one that crashes again and again.
 */
function parseByKnown(bytes: Buffer, known: KnownSpec): ParsedPod | undefined {
  const specAt = bytes.indexOf(specKey);
  const match = specAt < 0 ? undefined : known.match(bytes, specAt + specKey.length - 1);
  if (!match || bytes.includes(waiting, match.end)) return undefined;
  const phase = statusStart.exec(bytes.toString('latin1', match.end, match.end + 96))?.groups?.['phase'];
  const metadata = phase === undefined ? undefined : objectIn(bytes, metadataKey.length - 1, specAt);
  return metadata && { object: { metadata, spec: match.spec, status: { phase, podIPs: addressesIn(bytes, match.end) } }, sameSpec: known };
}

/** In valid JSON an unescaped quote behind a comma and before a letter opens a key, and no other member of a status has this one. */
function addressesIn(bytes: Buffer, from: number): unknown {
  const at = bytes.indexOf(addressesKey, from);
  if (at < 0) return undefined;
  const start = at + addressesKey.length - 1;
  try {
    return JSON.parse(bytes.toString('latin1', start, bytes.indexOf(']', start) + 1));
  } catch {
    return undefined;
  }
}

function objectIn(bytes: Buffer, from: number, to: number): KubeObject | undefined {
  try {
    return JSON.parse(bytes.toString('utf8', from, to)) as KubeObject;
  } catch {
    // Not one whole value: whatever is wrong with the pod, parsing it in one piece will say.
    return undefined;
  }
}

const generateNameIn = (bytes: Buffer): string | undefined => metadataStart.exec(bytes.toString('latin1', 0, LONGEST_START))?.groups?.['generateName'];
