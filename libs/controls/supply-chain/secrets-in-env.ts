import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { eachContainer } from '../scopes/each-container.js';

export const secretsInEnv = defineControl({
  id: 'supply-chain/secrets-in-env',
  title: 'Secrets reach containers as files, not as environment variables',
  severity: 'medium',
  why: 'The environment is inherited by every child process, printed by crash reports and debug pages, shown by `docker inspect` and /proc, and never changes when the Secret does.',
  remediation: 'Mount the Secret as a volume with `readOnly: true` and let the program read the file (many take a variable NAME_FILE with its path), then remove the secretKeyRef or the secretRef under envFrom.',
  frameworks: {
    'cis-kubernetes': ['5.4.1'], 'nsa-cisa': ['network/secrets'], 'nist-800-190': ['4.1.4'], 'nist-800-53': ['IA-5', 'SC-28'], 'mitre-attack': ['T1552'],
    'owasp-kubernetes': ['K03'], 'pci-dss': ['8.3.2', '8.6.3'], soc2: ['CC6.1'],
  },
  evidence: ['api'],
  scope: eachContainer,
  check({ container: judged }) {
    const variables = judged.env.filter((variable) => variable.source === 'secret');
    if (variables.length === 0) return pass;
    const secrets = [...new Set(variables.map((variable) => variable.from ?? ''))];
    const names = variables.map(({ name, from }) => (name.endsWith('*') ? `every key of ${from}` : name));
    return fail(`container ${judged.name} gets ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''} from Secret ${secrets.slice(0, 5).join(', ')} through its environment`, { detail: { secrets, variables: variables.map(({ name }) => name) } });
  },
  examples: {
    passes: [
      container('env: [{name: MODE, value: fast}, {name: PORT, valueFrom: {configMapKeyRef: {name: web, key: port}}}]'),
      podSpec('volumes:\n- name: credentials\n  secret: {secretName: db}'),
    ],
    fails: [
      container('env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]'),
      container('envFrom: [{prefix: DB_, secretRef: {name: db}}]'),
      podSpec('initContainers:\n- name: setup\n  image: registry.example/setup:1\n  env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: ci, key: token, optional: true}}}]'),
    ],
  },
});
