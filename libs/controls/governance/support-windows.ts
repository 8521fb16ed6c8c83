/**
 * Ends of upstream support (patch releases) by minor version, as announced by the Kubernetes project:
 * twelve months of support and two of maintenance after a release. Data of 2026-11-24.
 */
export const supportWindows: Readonly<Record<string, string>> = {
  '1.20': '2022-02-28', '1.21': '2022-06-28', '1.22': '2022-10-28', '1.23': '2023-02-28', '1.24': '2023-07-28', '1.25': '2023-10-28',
  '1.26': '2024-02-28', '1.27': '2024-06-28', '1.28': '2024-10-28', '1.29': '2025-02-28', '1.30': '2025-06-28', '1.31': '2025-10-28',
  '1.32': '2026-02-28', '1.33': '2026-06-28', '1.34': '2026-10-27', '1.35': '2027-02-28', '1.36': '2027-06-28', '1.37': '2027-10-28',
};

export interface SemanticMinor {
  readonly major: number;
  readonly minor: number;
}

export function minorOf(version: string): SemanticMinor | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** Whether a minor still gets fixes at a moment; `unknown` for versions newer than the table. */
export function supportOf({ major, minor }: SemanticMinor, now: number): { readonly state: 'supported' | 'ended' | 'unknown'; readonly until?: string } {
  const until = supportWindows[`${major}.${minor}`];
  if (until !== undefined) return { state: now <= Date.parse(`${until}T23:59:59Z`) ? 'supported' : 'ended', until };
  return major === 1 && minor < 20 ? { state: 'ended' } : { state: 'unknown' };
}
