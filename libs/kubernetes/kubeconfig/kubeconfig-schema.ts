import { z } from 'zod';
import { shownPointer } from './json-pointer.js';
import type { KubeconfigProblem, KubeconfigProblemType } from './kubeconfig-error.js';

/** Fields that are known and refused, each with what to do instead. Whatever else is not listed in the schema is unknown. */
const refusals: ReadonlyMap<string, readonly [KubeconfigProblemType, string]> = new Map([
  ['exec', ['kubeconfig-exec-plugin', 'Commands are not run; make a service account for Bulwark and give its token.']],
  ['auth-provider', ['kubeconfig-auth-provider', 'Auth providers are not run; make a service account for Bulwark and give its token.']],
  ['tokenfile', ['kubeconfig-token-file', 'Files are not opened; put the token itself into "token".']],
  ['token-file', ['kubeconfig-token-file', 'Files are not opened; put the token itself into "token".']],
  [
    'certificate-authority',
    ['kubeconfig-file-path', 'Files are not opened; embed it as "certificate-authority-data" (kubectl config view --raw --flatten).'],
  ],
  [
    'client-certificate',
    ['kubeconfig-file-path', 'Files are not opened; embed it as "client-certificate-data" (kubectl config view --raw --flatten).'],
  ],
  ['client-key', ['kubeconfig-file-path', 'Files are not opened; embed it as "client-key-data" (kubectl config view --raw --flatten).']],
  ['proxy-url', ['kubeconfig-proxy-url', 'Proxies are not used; for a cluster behind one, install the agent.']],
  [
    'insecure-skip-tls-verify',
    ['kubeconfig-insecure-skip-tls-verify', 'The server is always verified; give its CA as "certificate-authority-data".'],
  ],
  ['as', ['kubeconfig-impersonation', 'Impersonation is not used; give the credentials of the account itself.']],
  ['as-uid', ['kubeconfig-impersonation', 'Impersonation is not used; give the credentials of the account itself.']],
  ['as-groups', ['kubeconfig-impersonation', 'Impersonation is not used; give the credentials of the account itself.']],
  ['as-user-extra', ['kubeconfig-impersonation', 'Impersonation is not used; give the credentials of the account itself.']],
  ['username', ['kubeconfig-basic-auth', 'Passwords are not used; give a token or a client certificate.']],
  ['password', ['kubeconfig-basic-auth', 'Passwords are not used; give a token or a client certificate.']],
]);

/** The same shape twice: once it reports what is not allowed, once it leaves that out and keeps the rest readable. */
function shape(object: typeof z.strictObject | typeof z.object, skipsVerification: z.ZodType) {
  const name = z.string().min(1).max(512);
  const ignored = z.unknown().optional();
  const list = <T extends z.ZodType>(item: T) =>
    z
      .array(item)
      .nullish()
      .transform((items) => items ?? []);

  const cluster = object({
    server: z.string().optional(),
    'certificate-authority-data': z.string().optional(),
    'tls-server-name': z.string().optional(),
    'insecure-skip-tls-verify': skipsVerification.optional(),
    'disable-compression': z.boolean().optional(),
    extensions: ignored,
  });
  const user = object({
    token: z.string().optional(),
    'client-certificate-data': z.string().optional(),
    'client-key-data': z.string().optional(),
    extensions: ignored,
  });
  const context = object({
    cluster: z.string().optional(),
    user: z.string().optional(),
    namespace: z.string().optional(),
    extensions: ignored,
  });

  return object({
    apiVersion: z.literal('v1').optional(),
    kind: z.literal('Config').optional(),
    preferences: ignored,
    extensions: ignored,
    clusters: list(object({ name, cluster: cluster.nullish() })),
    users: list(object({ name, user: user.nullish() })),
    contexts: list(object({ name, context: context.nullish() })),
    'current-context': z.string().nullish(),
  });
}

const strict = shape(z.strictObject, z.literal(false));
const lenient = shape(z.object, z.unknown());

export type Kubeconfig = z.infer<typeof lenient>;

/** Everything in the data that is not on the allow-list, wherever it stands. */
export function refusedFields(data: unknown): readonly KubeconfigProblem[] {
  return (strict.safeParse(data).error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => problemAt([...issue.path, key])) : [problemAt(issue.path, wrongType)],
  );
}

/** The allowed fields alone; `undefined` where even these have a wrong shape. */
export function allowedFields(data: unknown): Kubeconfig | undefined {
  return lenient.safeParse(data).data;
}

const unknownField = ['kubeconfig-unknown-field', 'This field is not read; remove it.'] as const;
const wrongType = [
  'kubeconfig-wrong-type',
  'The value is missing or has another type than a kubeconfig has here; write text in quotes.',
] as const;

function problemAt(path: readonly PropertyKey[], otherwise: readonly [KubeconfigProblemType, string] = unknownField): KubeconfigProblem {
  const [type, detail] = refusals.get(String(path.at(-1)).toLowerCase()) ?? otherwise;
  return { type, pointer: shownPointer(path), detail };
}
