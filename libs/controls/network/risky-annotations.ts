import type { Labels } from '#inventory/facts.js';
import type { Product } from './routes/controllers.js';

interface SnippetAnnotations {
  readonly product: Product;
  readonly writes: string;
  readonly names: RegExp;
}

/** Annotations whose value becomes configuration of the controller as it stands. */
const snippets: readonly SnippetAnnotations[] = [
  { product: 'ingress-nginx', writes: 'NGINX', names: /^(?:nginx\.)?ingress\.kubernetes\.io\/(?:[a-z-]+-)?snippet$/ },
  { product: 'nginx', writes: 'NGINX', names: /^nginx\.org\/(?:server|location|http|stream)-snippets$/ },
  { product: 'haproxytech', writes: 'HAProxy', names: /^haproxy\.org\/(?:backend|frontend|global|stats)-config-snippet$/ },
  { product: 'haproxy-ingress', writes: 'HAProxy', names: /^(?:haproxy-ingress\.github\.io|ingress\.kubernetes\.io)\/config-(?:backend|backend-early|backend-late|tcp-service)$/ },
];

/** Controllers that read the annotations of another one beside their own. */
const readsOthers: ReadonlySet<Product> = new Set(['traefik']);

export interface Snippet {
  readonly name: string;
  readonly writes: string;
}

/** Snippets that the controller of these annotations would take. `product`: who serves the object, where that is known. */
export function snippetsOf(annotations: Labels, product: Product | undefined): readonly Snippet[] {
  const found: Snippet[] = [];
  for (const [name, value] of Object.entries(annotations)) {
    if (value.trim() === '') continue;
    const snippet = snippets.find(({ names }) => names.test(name));
    if (snippet && (product === undefined || product === snippet.product || readsOthers.has(product))) found.push({ name, writes: snippet.writes });
  }
  return found;
}

const nginx = 'nginx.ingress.kubernetes.io/';
/** The end of a line or directive, which no URL, path or name has inside. */
const directive = /[\r\n]|;[\s}]|\}\s*\}/;

/** Annotations of ingress-nginx by which advisories say that configuration is injected, and what their ordinary values never hold. */
const injectable: Readonly<Record<string, { readonly holds: RegExp; readonly advisory: string }>> = {
  [`${nginx}auth-method`]: { holds: /[^A-Za-z]/, advisory: 'CVE-2026-1580' },
  [`${nginx}auth-proxy-set-headers`]: { holds: /[^\w./-]/, advisory: 'CVE-2025-15566' },
  [`${nginx}auth-tls-match-cn`]: { holds: directive, advisory: 'CVE-2025-1097' },
  [`${nginx}auth-url`]: { holds: directive, advisory: 'CVE-2025-24514' },
  [`${nginx}mirror-host`]: { holds: directive, advisory: 'CVE-2025-1098' },
  [`${nginx}mirror-target`]: { holds: directive, advisory: 'CVE-2025-1098' },
  [`${nginx}permanent-redirect`]: { holds: directive, advisory: 'CVE-2023-5044' },
  [`${nginx}rewrite-target`]: { holds: directive, advisory: 'CVE-2026-3288' },
};

export interface Injection {
  /** The annotation, or the field. */
  readonly where: string;
  readonly advisory: string;
}

/** Values that carry configuration where none belongs. */
export function injectionsOf(annotations: Labels, paths: readonly string[]): readonly Injection[] {
  const found: Injection[] = [];
  for (const [name, { holds, advisory }] of Object.entries(injectable)) {
    if (Object.hasOwn(annotations, name) && holds.test(annotations[name]!.trim())) found.push({ where: `annotation ${name}`, advisory });
  }
  if (paths.some((path) => directive.test(path.trim()))) found.push({ where: 'the path of a rule', advisory: 'CVE-2026-24512' });
  return found;
}
