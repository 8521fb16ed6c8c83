import { minorOf } from '#inventory/readers/minor-version.js';
import { supportOf } from '../governance/support-windows.js';

/**
 * When OS images, container runtimes and kernels stop to get fixes that everybody gets; paid extensions are left out.
 * What is in no table is unknown, never supported. As of November 2026, of the projects' own pages:
 * ubuntu.com/about/release-cycle, wiki.debian.org/LTS, access.redhat.com/support/policy/updates/errata, aws.amazon.com/amazon-linux-2/faqs,
 * learn.microsoft.com/lifecycle and /azure/azure-linux, suse.com/lifecycle, wiki.almalinux.org, wiki.rockylinux.org, oracle.com (Linux support
 * policies), containerd.io/releases, endoflife.date for Docker Engine, kernel.org/category/releases.html.
 */
interface OsWindow {
  /** The beginning of `osImage`, with everything that tells this release from others. */
  readonly image: RegExp;
  readonly name: string;
  readonly until: string;
}

const release = (image: RegExp, name: string, until: string): OsWindow => ({ image, name, until });

const osWindows: readonly OsWindow[] = [
  ...Object.entries({
    '14.04': '2019-04-02', '16.04': '2021-04-02', '18.04': '2023-05-31', '20.04': '2025-05-31', '22.04': '2027-04-01', '24.04': '2029-05-31', '26.04': '2031-04-30',
    '22.10': '2023-07-20', '23.04': '2024-01-20', '23.10': '2024-07-12', '24.10': '2025-07-10', '25.04': '2026-01-17', '25.10': '2026-07-01',
  }).map(([version, until]) => release(new RegExp(`^Ubuntu ${version.replace('.', '\\.')}\\b`), `Ubuntu ${version}`, until)),
  ...Object.entries({ 8: '2020-06-30', 9: '2022-06-30', 10: '2024-06-30', 11: '2026-08-31', 12: '2028-06-30', 13: '2030-06-30' })
    .map(([version, until]) => release(new RegExp(`^Debian GNU/Linux ${version}\\b`), `Debian ${version}`, until)),
  ...Object.entries({ 6: '2020-11-30', 7: '2024-06-30', 8: '2029-05-31', 9: '2032-05-31', 10: '2035-05-31' })
    .map(([version, until]) => release(new RegExp(`^Red Hat Enterprise Linux (Server )?${version}\\b`), `Red Hat Enterprise Linux ${version}`, until)),
  release(/^CentOS Linux 7\b/, 'CentOS Linux 7', '2024-06-30'),
  release(/^CentOS Linux 8\b/, 'CentOS Linux 8', '2021-12-31'),
  release(/^CentOS Stream 8\b/, 'CentOS Stream 8', '2024-05-31'),
  release(/^CentOS Stream 9\b/, 'CentOS Stream 9', '2027-05-31'),
  ...Object.entries({ 8: '2029-05-31', 9: '2032-05-31', 10: '2035-05-31' }).map(([version, until]) => release(new RegExp(`^Rocky Linux ${version}\\b`), `Rocky Linux ${version}`, until)),
  ...Object.entries({ 8: '2029-03-01', 9: '2032-05-31', 10: '2035-05-31' }).map(([version, until]) => release(new RegExp(`^AlmaLinux ${version}\\b`), `AlmaLinux ${version}`, until)),
  ...Object.entries({ 7: '2024-12-31', 8: '2029-07-31', 9: '2032-06-30' }).map(([version, until]) => release(new RegExp(`^Oracle Linux Server ${version}\\b`), `Oracle Linux ${version}`, until)),
  release(/^Amazon Linux AMI\b/, 'Amazon Linux AMI', '2023-12-31'),
  release(/^Amazon Linux 2$/, 'Amazon Linux 2', '2026-06-30'),
  release(/^Amazon Linux 2023\b/, 'Amazon Linux 2023', '2029-06-30'),
  release(/^SUSE Linux Enterprise Server 12\b/, 'SUSE Linux Enterprise Server 12', '2024-10-31'),
  ...Object.entries({ 1: '2021-01-31', 2: '2021-12-31', 3: '2022-12-31', 4: '2023-12-31', 5: '2024-12-31', 6: '2025-12-31', 7: '2031-07-31' })
    .map(([pack, until]) => release(new RegExp(`^SUSE Linux Enterprise Server 15 SP${pack}\\b`), `SUSE Linux Enterprise Server 15 SP${pack}`, until)),
  ...Object.entries({ 4: '2023-12-07', 5: '2024-12-31', 6: '2026-04-30' }).map(([minor, until]) => release(new RegExp(`^openSUSE Leap 15\\.${minor}\\b`), `openSUSE Leap 15.${minor}`, until)),
  // Neither of its two releases tells its number here, and both ended.
  release(/^CBL-Mariner\/Linux/, 'CBL-Mariner', '2025-07-31'),
  release(/^Microsoft Azure Linux 3\b/, 'Azure Linux 3', '2027-08-31'),
  release(/^Container Linux by CoreOS/, 'CoreOS Container Linux', '2020-05-26'),
  release(/^Windows Server 2016\b/, 'Windows Server 2016', '2027-01-12'),
  release(/^Windows Server 2019\b/, 'Windows Server 2019', '2029-01-09'),
  release(/^Windows Server 2022\b/, 'Windows Server 2022', '2031-10-14'),
  release(/^Windows Server 2025\b/, 'Windows Server 2025', '2034-10-10'),
];

const containerd: Readonly<Record<string, string>> = {
  '1.0': '2018-12-05', '1.1': '2019-10-23', '1.2': '2020-10-15', '1.3': '2021-03-04', '1.4': '2022-03-03', '1.5': '2023-02-28', '1.6': '2025-08-23', '1.7': '2026-09-30',
  '2.0': '2025-11-07', '2.1': '2026-05-05', '2.2': '2026-11-06', '2.3': '2028-04-27',
};
const docker: Readonly<Record<string, string>> = { '17': '2018-12-31', '18': '2020-06-20', '19': '2021-07-23', '20': '2023-12-10', '23': '2024-05-19', '24': '2024-06-08' };

/** Series that kernel.org maintains for years; all others end some weeks after the next one. */
const longtermKernels: Readonly<Record<string, string>> = {
  '4.14': '2024-01-10', '4.19': '2024-12-05', '5.4': '2025-12-03', '5.10': '2026-12-31', '5.15': '2026-12-31', '6.1': '2027-12-31', '6.6': '2027-12-31', '6.12': '2028-12-31', '6.18': '2028-12-31',
};
/** The last series that is known here to have ended. */
const lastEnded = { major: 6, minor: 17 };

export type Support = { readonly state: 'supported' | 'ended'; readonly name: string; readonly until?: string } | { readonly state: 'unknown' };

const within = (name: string, until: string, now: number): Support => ({ state: now <= Date.parse(`${until}T23:59:59Z`) ? 'supported' : 'ended', name, until });

export function osSupport(image: string, now: number): Support {
  const found = osWindows.find((window) => window.image.test(image));
  return found ? within(found.name, found.until, now) : { state: 'unknown' };
}

/** Of `containerd://1.7.27` and the like. */
export function runtimeSupport(runtime: string, now: number): Support {
  const match = /^(containerd|cri-o|docker):\/\/v?(\d+)\.(\d+)(.*)$/.exec(runtime.slice(0, 100));
  if (!match) return { state: 'unknown' };
  const [, product, major, minor, rest] = match;
  switch (product) {
    case 'containerd': {
      // Debian and Ubuntu mend theirs for as long as the release lives.
      if (/[~+]ds/.test(rest!)) return { state: 'supported', name: 'containerd of the distribution' };
      const until = containerd[`${major}.${minor}`];
      return until === undefined ? { state: 'unknown' } : within(`containerd ${major}.${minor}`, until, now);
    }
    case 'cri-o': {
      // It ends with the minor of Kubernetes that it is numbered after.
      const version = minorOf(`${major}.${minor}`);
      const support = version ? supportOf(version, now) : { state: 'unknown' as const };
      return support.state === 'unknown' ? { state: 'unknown' } : { state: support.state, name: `CRI-O ${major}.${minor}`, ...(support.until !== undefined && { until: support.until }) };
    }
    default: {
      const until = docker[major!];
      return until === undefined ? { state: 'unknown' } : within(`Docker Engine ${major}.${minor}`, until, now);
    }
  }
}

/**
 * Of a kernel that nobody but kernel.org maintains, or that is older than any distribution still mends; undefined
 * for those of distributions, which live as long as the distribution does.
 */
export function kernelSupport(version: string, now: number): Support | undefined {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (!match) return { state: 'unknown' };
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const name = `Linux ${major}.${minor}`;
  // RHEL 8 has 4.18, and nobody who is supported has less.
  if (major < 4 || (major === 4 && minor < 18)) return { state: 'ended', name };
  if (!/elrepo/.test(version)) return undefined;
  const until = longtermKernels[`${major}.${minor}`];
  if (until !== undefined) return within(name, until, now);
  return major < lastEnded.major || (major === lastEnded.major && minor <= lastEnded.minor) ? { state: 'ended', name } : { state: 'unknown' };
}
