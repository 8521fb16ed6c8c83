import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { sampleFile } from './bulwark.js';

export interface Container {
  readonly name: string;
  securityContext?: { readonly privileged?: boolean; readonly allowPrivilegeEscalation?: boolean };
}

/** As much of an object as tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly containers?: readonly Container[]; readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}

/** The objects of the bundled sample. */
export const sample = (): readonly Manifest[] =>
  parseAllDocuments(readFileSync(sampleFile, 'utf8'))
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);

/** What `kubectl get -o json` writes. */
export const list = (...items: readonly Manifest[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
