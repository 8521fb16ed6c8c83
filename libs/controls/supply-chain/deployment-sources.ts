import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Where something is fetched from, as its address says. */
export interface Address {
  readonly scheme: string;
  readonly host: string;
}

const pattern = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:[^/@]*@)?(\[[0-9A-Fa-f:]+\]|[^/:?#]+)/;

/** Undefined for what names no scheme: `git@host:path` is SSH, and a registry may stand alone. */
export function addressOf(url: string): Address | undefined {
  const match = pattern.exec(url);
  return match ? { scheme: match[1]!.toLowerCase(), host: match[2]!.toLowerCase() } : undefined;
}

/** Whether what is fetched never leaves the cluster's own network. */
export const isInCluster = (host: string): boolean => /(?:\.svc|\.svc\.cluster\.local|\.cluster\.local)$/.test(host) || host === 'localhost' || host === '127.0.0.1';

/** Schemes that anybody on the way can answer for: nothing proves who sent it. */
export const isOpen = ({ scheme }: Address): boolean => scheme === 'http' || scheme === 'git' || scheme === 'ftp';

/** One of the sources of an Argo CD Application. */
export interface ApplicationSource {
  readonly url: string;
  readonly isChart: boolean;
}

export function sourcesOf(spec: UnknownRecord): readonly ApplicationSource[] {
  const sources = asList(spec['sources']);
  // With several, the single one is not looked at.
  return (sources.length > 0 ? sources : [spec['source']]).map(asRecord).flatMap((source) => {
    const url = textOf(source['repoURL']);
    return url === '' ? [] : [{ url, isChart: textOf(source['chart']) !== '' || url.startsWith('oci://') }];
  });
}

/** Whether a project of Argo CD asks for signed commits. */
export const asksForSignatures = (project: UnknownRecord): boolean =>
  asList(project['signatureKeys']).length > 0 || asList(asRecord(asRecord(project['sourceIntegrity'])['git'])['policies']).length > 0;
