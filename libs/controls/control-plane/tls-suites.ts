import type { MissingEvidence } from '#inventory/observed.js';
import { isBefore, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { Severity } from '../engine/control.js';

/** Suites with forward secrecy and authenticated encryption; those of TLS 1.3 are always on and may be named all the same. */
const strong: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256',
  ...['ECDSA', 'RSA'].flatMap((key) => ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305', 'CHACHA20_POLY1305_SHA256'].map((cipher) => `TLS_ECDHE_${key}_WITH_${cipher}`)),
]);

/** With forward secrecy, but of a mode that has been broken again and again. Go has them on by default, as the last choice. */
const isOldMode = (suite: string): boolean => /^TLS_ECDHE_(ECDSA|RSA)_WITH_AES_(128|256)_CBC_SHA$/.test(suite);

/** Where Kubernetes is built with a Go that offers no more suites without forward secrecy (1.22), and no more 3DES (1.23), unless asked to. */
const withoutRsa: MinorVersion = { major: 1, minor: 30 };
const withoutTripleDes: MinorVersion = { major: 1, minor: 32 };

export interface WeakSuites {
  readonly message: string;
  readonly severity: Severity;
}

const versionUnknown = (who: string): MissingEvidence =>
  ({ fact: 'server-version', reason: 'not-in-upload', detail: `which cipher suites ${who} offers by default depends on its version, which is not known` });

/**
 * What is weak about the suites for TLS 1.2 that a component of Kubernetes is given, or takes by default at its
 * version; what is missing to tell; undefined where nothing is weak.
 */
export function weakSuites(who: string, given: readonly string[], minVersion: string | undefined, version: MinorVersion | undefined): WeakSuites | MissingEvidence | undefined {
  // Suites of TLS 1.3 cannot be chosen, and none is weak.
  if (minVersion === 'VersionTLS13') return undefined;
  if (given.length > 0) {
    const weak = given.filter((suite) => !strong.has(suite));
    if (weak.length === 0) return undefined;
    const worst = weak.filter((suite) => !isOldMode(suite));
    const named = (worst.length > 0 ? worst : weak).slice(0, 3).map((suite) => suite.slice(0, 60)).join(', ');
    return { message: `${who} is set to offer weak cipher suites: ${named}`, severity: worst.length > 0 ? 'medium' : 'low' };
  }
  if (!version) return versionUnknown(who);
  if (isBefore(version, withoutRsa)) return { message: `no cipher suites are chosen, and by default this version of ${who} offers some without forward secrecy, and 3DES`, severity: 'medium' };
  if (isBefore(version, withoutTripleDes)) return { message: `no cipher suites are chosen, and by default this version of ${who} offers 3DES`, severity: 'medium' };
  return { message: `no cipher suites are chosen, and by default ${who} also offers those in CBC mode with SHA-1`, severity: 'low' };
}

/** What Go has for TLS 1.0 and 1.1: it offers all others to nobody below TLS 1.2. */
const isOfOldTls = (suite: string): boolean => suite.endsWith('_SHA');

/** A minimum under which suites decide whether anybody gets less than TLS 1.2. */
export const isOldMinimum = (minVersion: string | undefined): boolean => minVersion === 'VersionTLS10' || minVersion === 'VersionTLS11';

/** A minimum that lets in versions of TLS which are broken; undefined where it does not. `suites`: those that are given, which are asked for where it may. */
export function weakMinimum(who: string, minVersion: string | undefined, suites: () => readonly string[]): string | undefined {
  if (minVersion === undefined || minVersion === '' || minVersion === 'VersionTLS12' || minVersion === 'VersionTLS13') return undefined;
  if (isOldMinimum(minVersion)) {
    const given = suites();
    if (given.length > 0 && !given.some(isOfOldTls)) return undefined;
    return `${who} takes TLS ${minVersion === 'VersionTLS10' ? '1.0' : '1.1'}, which browsers and standards gave up in 2020`;
  }
  return `the minimum version of TLS is ${JSON.stringify(minVersion.slice(0, 40))}, which is none`;
}

/** The settings that mend both. */
export const strongSuites = ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'] as const;
