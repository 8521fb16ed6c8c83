import { parseImage } from '#inventory/image-reference.js';
import type { Product } from './routes/controllers.js';

/** The day up to which advisories were looked through. */
export const ADVISORIES_AS_OF = '2026-11-29';

export interface Advisory {
  readonly id: string;
  readonly about: string;
  /** First releases with the fix, one a line of releases; none where no release has it. */
  readonly fixed: readonly string[];
}

interface Maintained {
  /** Images that the project itself releases, tags and all; rebuilds by others may have fixes of their own. */
  readonly releases: readonly string[];
  /** Endings of tags that add a build, not a fix. */
  readonly builds?: RegExp;
  /** The last release, of a project that makes no more. */
  readonly last?: string;
  readonly ended?: string;
  /** Newest first. */
  readonly advisories: readonly Advisory[];
}

/**
 * Controllers whose advisories are kept here, by the records of their own projects: what is reached from the internet
 * or by whoever may write an Ingress. Of others nothing is said.
 */
export const maintained: { readonly [P in Product]?: Maintained } = {
  'ingress-nginx': {
    releases: ['ingress-nginx/controller', 'ingress-nginx/controller-chroot', 'kubernetes-ingress-controller/nginx-ingress-controller', 'bitnami/nginx-ingress-controller', 'bitnamilegacy/nginx-ingress-controller'],
    builds: /-debian-\d+-r\d+$/,
    last: '1.15.1',
    ended: 'the project was retired in March 2026 and releases no more fixes',
    advisories: [
      { id: 'CVE-2026-42945', about: 'memory of the bundled NGINX is overwritten by requests where rewrites have captures', fixed: [] },
      { id: 'CVE-2026-4342', about: 'annotations inject configuration by comments', fixed: ['1.13.9', '1.14.5', '1.15.1'] },
      { id: 'CVE-2026-3288', about: 'annotation rewrite-target injects configuration', fixed: ['1.13.8', '1.14.4', '1.15.0'] },
      { id: 'CVE-2026-24512', about: 'the path of a rule injects configuration', fixed: ['1.13.7', '1.14.3'] },
      { id: 'CVE-2026-24514', about: 'large requests to the admission webhook exhaust the controller', fixed: ['1.13.7', '1.14.3'] },
      { id: 'CVE-2026-1580', about: 'annotation auth-method injects configuration', fixed: ['1.13.7', '1.14.3'] },
      { id: 'CVE-2025-15566', about: 'annotation auth-proxy-set-headers injects configuration', fixed: ['1.12.5', '1.13.1'] },
      { id: 'CVE-2025-1974', about: 'whoever reaches the admission webhook from the pod network runs code in the controller', fixed: ['1.11.5', '1.12.1'] },
      { id: 'CVE-2025-24514', about: 'annotation auth-url injects configuration', fixed: ['1.11.5', '1.12.1'] },
      { id: 'CVE-2025-1097', about: 'annotation auth-tls-match-cn injects configuration', fixed: ['1.11.5', '1.12.1'] },
      { id: 'CVE-2025-1098', about: 'annotations mirror-target and mirror-host inject configuration', fixed: ['1.11.5', '1.12.1'] },
      { id: 'CVE-2025-24513', about: 'names sent to the admission webhook leave its directory', fixed: ['1.11.5', '1.12.1'] },
      { id: 'CVE-2024-7646', about: 'annotations are not validated as they should be', fixed: ['1.10.4', '1.11.2'] },
      { id: 'CVE-2023-5044', about: 'annotation permanent-redirect injects configuration', fixed: ['1.9.0'] },
      { id: 'CVE-2023-5043', about: 'annotation configuration-snippet runs commands', fixed: ['1.9.0'] },
      { id: 'CVE-2022-4886', about: 'the path of a rule reads the controller\'s credentials', fixed: ['1.8.0'] },
      { id: 'CVE-2021-25748', about: 'the path of a rule is not checked across lines', fixed: ['1.2.1'] },
      { id: 'CVE-2021-25746', about: 'annotations inject configuration', fixed: ['1.2.0'] },
      { id: 'CVE-2021-25745', about: 'the path of a rule reads the controller\'s credentials', fixed: ['1.2.0'] },
      { id: 'CVE-2021-25742', about: 'snippets read every Secret and cannot be turned off', fixed: ['0.49.1', '1.0.1'] },
    ],
  },
  traefik: {
    releases: ['library/traefik', 'traefik/traefik', 'rancher/mirrored-library-traefik'],
    advisories: [
      { id: 'CVE-2026-137481', about: 'path parameters pass by the middlewares of a protected router', fixed: ['2.11.62', '3.7.18'] },
      { id: 'CVE-2026-114656', about: 'negated host rules pass by client certificates', fixed: ['2.11.58', '3.7.13'] },
      { id: 'CVE-2026-54763', about: 'headers of identity are forged by another spelling', fixed: ['2.11.51', '3.6.22', '3.7.6'] },
      { id: 'CVE-2025-32431', about: 'dots in paths pass by the middlewares of a protected router', fixed: ['2.11.24', '3.3.6'] },
    ],
  },
};

type Version = readonly [number, number, number];

const parse = (text: string): Version | undefined => {
  const found = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})$/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
};

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** In the line of releases that a version is of, or in an older one than it. */
function isFixed(version: Version, fixed: readonly string[]): boolean {
  const fixes = fixed.flatMap((text) => [parse(text)!]);
  const sameLine = fixes.find((fix) => fix[0] === version[0] && fix[1] === version[1]);
  if (sameLine) return compare(version, sameLine) >= 0;
  return fixes.length > 0 && fixes.every((fix) => compare(version, fix) > 0);
}

export type VersionAnswer =
  | { readonly state: 'judged'; readonly version: string; readonly open: readonly Advisory[]; readonly ended?: string }
  | { readonly state: 'not-told'; readonly because: string }
  | { readonly state: 'not-kept' };

/** What is known of the version of a controller by its image. */
export function advisoriesOf(product: Product, image: string): VersionAnswer {
  const known = maintained[product];
  if (!known) return { state: 'not-kept' };
  const reference = parseImage(image);
  const path = reference ? `${reference.registry}/${reference.repository}` : '';
  if (!known.releases.some((piece) => path.endsWith(`/${piece}`))) return { state: 'not-told', because: `${image.slice(0, 200)} is no image of the project itself, and may have fixes of its own` };
  const tag = reference?.tag ?? '';
  const version = parse(known.builds ? tag.replace(known.builds, '') : tag);
  if (!version) return { state: 'not-told', because: `the tag of ${image.slice(0, 200)} is no plain version` };
  if (known.last !== undefined && compare(version, parse(known.last)!) > 0) return { state: 'not-told', because: `${tag} is newer than the project's last release, ${known.last}` };
  const open = known.advisories.filter(({ fixed }) => !isFixed(version, fixed));
  return { state: 'judged', version: version.join('.'), open, ...(known.ended !== undefined && { ended: known.ended }) };
}
