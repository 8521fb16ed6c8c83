import { snapshotCommand } from './options.js';

export interface Place {
  readonly url: string;
  readonly apiKey: string;
  readonly apiKeyFile: string;
}

/** What one can do while the service runs, to be pasted as it is. */
export function whereToGoOn({ url, apiKey, apiKeyFile }: Place): string {
  return [
    `Bulwark serves on ${url} until Ctrl-C`,
    `  REST     ${url}/docs`,
    `  GraphQL  ${url}/graphiql`,
    `  API key  ${apiKey}`,
    `  kept in  ${apiKeyFile}`,
    `  try      curl -H "Authorization: Bearer $(cat ${shellWord(apiKeyFile)})" '${url}/v1/findings?first=5'`,
    '',
    'Webhooks may go into private networks, and over plain http to this machine alone; such endpoints are marked insecure.',
    '',
    'A cluster of your own:',
    '  npm start -- --kubeconfig ~/.kube/config',
    'or, without giving Bulwark access (Secrets stay out):',
    `  ${snapshotCommand}`,
    '  npm start -- --snapshot cluster.json',
  ].join('\n');
}

const shellWord = (text: string): string => (/^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
