export interface MinorVersion {
  readonly major: number;
  readonly minor: number;
}

/** The minor of a Kubernetes version, whatever a provider appends: `v1.34.1-eks-…`, `1.33+`. */
export function minorOf(version: string): MinorVersion | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

export const isBefore = (a: MinorVersion, b: MinorVersion): boolean => a.major < b.major || (a.major === b.major && a.minor < b.minor);
