import { orUnknown } from '../../engine/part.js';
import { fail, implied, notApplicable, provenPassPart, type Verdict } from '../../engine/verdict.js';
import { defineIndex, type World } from '../../engine/world.js';

const part = 'secret';

const secretNames = defineIndex([], (world) => new Set(world.seen('secrets').map(({ namespace, name }) => `${namespace}/${name}`)));
const secretNamesAnywhere = defineIndex([], (world) => new Set(world.seen('secrets').map(({ name }) => name)));

/** Without any TLS there is neither a certificate, nor a Secret of one, nor anything to send plain HTTP on to: worse than any of them says. */
export const withoutTls: readonly Verdict[] = [implied('certificate'), implied(part), implied('redirect')];

/** Whether the Secrets that hold certificates are there, each `namespace/name`; `*` for a namespace that is not told. `certificate`: what is said of naming them. */
export function judgeSecrets(names: readonly string[], certificate: Verdict, world: World): Verdict {
  if (names.length === 0) return certificate.status === 'fail' ? implied(part) : notApplicable('it names no Secret', part);
  return orUnknown(part, () => judgeNamed(names, world));
}

function judgeNamed(names: readonly string[], world: World): Verdict {
  const gone = names.filter((name) => !(name.startsWith('*/') ? world.use(secretNamesAnywhere).has(name.slice(2)) : world.use(secretNames).has(name)));
  if (gone.length === 0) return provenPassPart(part);
  world.list('secrets');
  const shown = gone.slice(0, 3).map((name) => name.replace('*/', ''));
  return fail(`Secret ${shown.join(', ')}${gone.length > 3 ? ' …' : ''}, which is to hold its certificate, is not there: the controller's default certificate is served, or nothing`, { part, severity: 'medium', detail: { secrets: gone.slice(0, 50) } });
}
