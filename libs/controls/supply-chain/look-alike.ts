import { decodeLabel } from './punycode.js';

/** Letters of other scripts that look like a Latin one. */
const foreign: Readonly<Record<string, string>> = {
  а: 'a', ɑ: 'a', α: 'a', ь: 'b', с: 'c', ϲ: 'c', ԁ: 'd', е: 'e', ҽ: 'e', ɡ: 'g', һ: 'h', і: 'i', ı: 'i', ι: 'i', ј: 'j', к: 'k', κ: 'k', ӏ: 'l', ⅼ: 'l', м: 'm', п: 'n',
  ո: 'n', о: 'o', ο: 'o', օ: 'o', р: 'p', ρ: 'p', ԛ: 'q', г: 'r', ѕ: 's', т: 't', τ: 't', υ: 'u', ս: 'u', ѵ: 'v', ν: 'v', ԝ: 'w', ѡ: 'w', х: 'x', χ: 'x', у: 'y', ү: 'y', γ: 'y', ᴢ: 'z',
};
/** Latin letters and digits that pass for one another at a glance. */
const twins: readonly (readonly [string, string])[] = [['rn', 'm'], ['vv', 'w'], ['cl', 'd'], ['0', 'o'], ['1', 'l'], ['i', 'l'], ['5', 's']];

/** Registries many people use: that gcr.io is one letter from ghcr.io deceives nobody. */
const wellKnown: ReadonlySet<string> = new Set([
  'docker.io', 'gcr.io', 'ghcr.io', 'quay.io', 'registry.k8s.io', 'k8s.gcr.io', 'mcr.microsoft.com', 'public.ecr.aws', 'lscr.io', 'nvcr.io', 'icr.io', 'cr.fluentbit.io',
  'registry.gitlab.com', 'registry.access.redhat.com', 'registry.redhat.io', 'docker.elastic.co', 'xpkg.upbound.io', 'cgr.dev', 'dhi.io',
]);
/** Domains under which anybody gets a name of their own. */
const shared: ReadonlySet<string> = new Set(['amazonaws.com', 'azurecr.io', 'cloudsmith.io', 'jfrog.io', 'scw.cloud', 'ocir.io', 'ngrok.io', 'duckdns.org', 'github.io']);

/** What a name looks like, rather than what it is. */
export function skeletonOf(name: string): string {
  let text = name.split('.').map(decodeLabel).join('.').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  text = [...text].map((letter) => foreign[letter] ?? letter).join('');
  for (const [twin, letter] of twins) text = text.replaceAll(twin, letter);
  return text;
}

/** Insertions, deletions, replacements and swaps of neighbours between two texts, counted up to `limit` + 1. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length]!, limit + 1);
}

/** How many edits still deceive: a short name is a few edits from every other. */
const edits = (name: string): number => (name.length < 5 ? 0 : name.length < 8 ? 1 : 2);

const isNear = (name: string, real: string): boolean => name !== real && (skeletonOf(name) === skeletonOf(real) || editDistance(name, real, edits(real)) <= edits(real));

/** Whether a registry's host is one that people would take for a trusted one. */
export function hostLooksLike(host: string, trusted: string): boolean {
  if (host === trusted || wellKnown.has(host)) return false;
  // docker.io.evil.example begins like a name one knows.
  if (host.startsWith(`${trusted}.`) && trusted.includes('.')) return true;
  if (!isNear(host, trusted)) return false;
  const domain = domainOf(host);
  if (domain !== domainOf(trusted)) return true;
  // Under one owner's domain nobody else gets a name; under a shared one the first label is whose it is.
  return !isOwned(domain) && host.split('.')[0] !== trusted.split('.')[0];
}

/** Whether a repository's leading pieces are those of a trusted one but for a slip. */
export const pathLooksLike = (path: string, trusted: string): boolean => isNear(path.split('/').slice(0, trusted.split('/').length).join('/'), trusted);

const domainOf = (host: string): string => host.replace(/:\d+$/, '').split('.').slice(-2).join('.');

/** `example.com` is one owner's; `co.uk` and `azurecr.io` are not. */
const isOwned = (domain: string): boolean => wellKnown.has(domain) || domain === 'pkg.dev' || (domain.indexOf('.') > 3 && !shared.has(domain));
