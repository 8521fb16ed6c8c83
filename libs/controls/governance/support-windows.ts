import { isBefore, minorOf, type MinorVersion } from '#inventory/readers/minor-version.js';

/**
 * Ends of upstream support by minor version: for those that ended, the day of it; for the others the day that the
 * Kubernetes project announced. Source: kubernetes.io/releases (pages of each minor and the list of ended ones),
 * as of September 2026. A minor that is not in it yet is unknown, never supported.
 */
export const supportWindows: Readonly<Record<string, string>> = {
  '1.20': '2022-02-28', '1.21': '2022-06-28', '1.22': '2022-12-08', '1.23': '2023-02-28', '1.24': '2023-07-28', '1.25': '2023-10-28',
  '1.26': '2024-02-28', '1.27': '2024-07-16', '1.28': '2024-10-22', '1.29': '2025-02-28', '1.30': '2025-07-15', '1.31': '2025-11-11',
  '1.32': '2026-02-28', '1.33': '2026-06-28', '1.34': '2026-10-27', '1.35': '2027-02-28', '1.36': '2027-06-28', '1.37': '2027-10-28',
};

/** Whether a minor still gets fixes at a moment; `unknown` for versions newer than the table. */
export function supportOf({ major, minor }: MinorVersion, now: number): { readonly state: 'supported' | 'ended' | 'unknown'; readonly until?: string } {
  const until = supportWindows[`${major}.${minor}`];
  if (until !== undefined) return { state: now <= Date.parse(`${until}T23:59:59Z`) ? 'supported' : 'ended', until };
  return major === 1 && minor < 20 ? { state: 'ended' } : { state: 'unknown' };
}

/** The oldest minor that still gets fixes at a moment; undefined where the table is so old that none does. */
export function oldestSupported(now: number): MinorVersion | undefined {
  const supported = Object.keys(supportWindows).map((text) => minorOf(text)!).filter((minor) => supportOf(minor, now).state === 'supported');
  return supported.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))[0];
}
