import { minorOf } from '../readers/minor-version.js';

export const podSecurityLevels = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/** The newest minor whose rules are known: 37 is Kubernetes 1.37. */
export const NEWEST_MINOR = 37;

/** A version of the standards to judge by. */
export interface PodSecurityVersion {
  /** The minor whose rules are applied, 0 to NEWEST_MINOR. */
  readonly minor: number;
  /** That minor as labels and requests write it: `v1.34`. */
  readonly name: string;
  /** What was asked for is newer than the rules that are known: the newest of them are applied. */
  readonly isBeyondTable: boolean;
}

export type ParsedVersion = { readonly outcome: 'version'; readonly version: PodSecurityVersion } | { readonly outcome: 'no-version'; readonly reason: string };

/** The standards of Kubernetes 1.`minor`. */
export const ofMinor = (minor: number): PodSecurityVersion => {
  const applied = Math.min(minor, NEWEST_MINOR);
  return { minor: applied, name: `v1.${applied}`, isBeyondTable: minor > NEWEST_MINOR };
};

export const newestVersion: PodSecurityVersion = ofMinor(NEWEST_MINOR);

/** Reads `latest` or a minor such as `v1.25`, as the labels of namespaces write them: no patch, no leading zero. */
export function parsePodSecurityVersion(text: string): ParsedVersion {
  if (text === 'latest') return { outcome: 'version', version: newestVersion };
  const match = /^v1\.(0|[1-9]\d*)$/.exec(text);
  if (match) return { outcome: 'version', version: ofMinor(Number(match[1])) };
  return { outcome: 'no-version', reason: `${JSON.stringify(text.slice(0, 50))} is neither latest nor a minor version such as v1.${NEWEST_MINOR}` };
}

/** The standards as a server of this version knows them, whatever its provider appends: `v1.34.1-eks-3025e55`. Undefined where that is no version 1. */
export function versionOfServer(version: string): PodSecurityVersion | undefined {
  const found = minorOf(version);
  return found?.major === 1 ? ofMinor(found.minor) : undefined;
}
