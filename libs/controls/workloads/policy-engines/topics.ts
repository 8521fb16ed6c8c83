import type { Topic } from './admission-policy.js';

const labels = /"[=^+X]?\(?labels\)?":|\.\??labels\b|\blabels\[/;
/** A pattern for whole image names: with a registry or repository before the slash, and not one that only forbids. */
const imagePattern = /"[=^+X]?\(?image\)?":"[^"!]*\//;
const places = ['startsWith', 'registr', 'repositor', 'allowedRepos', 'trusted'];

/** What the code of a rule is about, by the fields that it mentions: expressions of engines are read, not run. */
export function topicsOf(code: unknown): ReadonlySet<Topic> {
  const text = JSON.stringify(code ?? '');
  const topics = new Set<Topic>();
  if (labels.test(text)) topics.add('labels');
  const mentionsImages = text.includes('.image') || text.includes('images.') || text.includes('"image"');
  if (imagePattern.test(text) || (mentionsImages && places.some((word) => text.includes(word)))) topics.add('registries');
  return topics;
}

/** What a policy of a library is about, by the name of its module or kind. */
export function topicsOfName(name: string): ReadonlySet<Topic> {
  const text = name.toLowerCase();
  const topics = new Set<Topic>();
  if (text.includes('label')) topics.add('labels');
  if (text.includes('repo') || text.includes('registr')) topics.add('registries');
  if (text.includes('signature') || text.includes('ratify') || text.includes('cosign')) topics.add('signatures');
  return topics;
}
