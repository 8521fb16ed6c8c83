import { describe, expect, it } from 'vitest';
import { configMapTexts, podTexts } from './object-texts.js';
import { findCredentials, MOST_CHARACTERS, MOST_PATHS } from './find-credentials.js';

/** Made here of pieces, so that no scanner of this repository takes them for ours. */
const of = (...parts: readonly string[]): string => parts.join('');
const letters = 'x7Kp2mQ9vLr4tY8wZ3nB6cD1fG5hJ0sAeU7iRqXvNaMkPdEo';
const pem = of('-----BEGIN RSA PRIVATE', ` KEY-----\n${letters.repeat(4)}\n-----END RSA PRIVATE KEY-----`);

const detectorsIn = (data: Readonly<Record<string, string>>) => findCredentials(configMapTexts({ data })).found.map(({ path, detector }) => `${path} ${detector}`);
const isFound = (name: string, value: string): boolean => findCredentials([{ path: name, name, value, isNamed: true }]).found.length > 0;

describe('credentials by their form', () => {
  it.each([
    ['github', of('gh', 'p_', letters.slice(0, 36))],
    ['gitlab', of('glpat', '-', letters.slice(0, 20))],
    ['slack', of('xox', 'b-123456789012-', letters.slice(0, 24))],
    ['npm', of('npm', '_', letters.slice(0, 36))],
    ['privatekey', pem],
    ['privatekey', pem.replace(/\n[^\n]*\n/, '\nabcd1234\n')],
    ['database-connection-string', of('postgres://app:', 'tr0ub4dor-3', '@db.shop.svc/shop')],
    ['url-password', of('redis://:', 'tr0ub4dor3', '@cache:6379')],
    ['jwt', of('eyJhbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiJhcHAifQ', '.', letters.slice(0, 43))],
    ['aws-access-key', of('AK', 'IA', 'QX7MZ3LP5RTW2KJH')],
    ['azure-storage', of('DefaultEndpointsProtocol=https;AccountName=shop;', 'AccountKey=', letters.repeat(2).slice(0, 86), '==')],
    ['google-api-key', of('AI', 'za', letters.slice(0, 35))],
    ['stripe', of('sk', '_live_', letters.slice(0, 24))],
    ['registry-login', of('{"auths":{"registry.example":{"auth":', '"dXNlcjp0cjB1YjRkb3Iz"}}}')],
  ])('%s', (detector, value) => {
    const { found } = findCredentials(configMapTexts({ data: { a: 'first', text: value, z: 'last' } }));
    expect(found.map((credential) => [credential.path, credential.detector])).toEqual([['data.text', detector]]);
    expect(JSON.stringify(found)).not.toContain(value.slice(8, 30));
  });

  it('needs the name beside it for what has no form of its own', () => {
    expect(detectorsIn({ AWS_SECRET_ACCESS_KEY: `${letters.slice(0, 30)}/+${letters.slice(0, 8)}` })).toEqual(['data.AWS_SECRET_ACCESS_KEY aws']);
  });

  it('is told with its line, its length and what is public of it', () => {
    const token = of('gh', 'p_', letters.slice(0, 36));
    expect(findCredentials(configMapTexts({ data: { 'run.sh': `#!/bin/sh\n\ncurl -u ${token}: https://api.example` } })).found).toEqual([{ path: 'data.run.sh', detector: 'github', hint: 'ghp_…, 40 characters', line: 3 }]);
  });

  it.each([
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIIJ\n-----END CERTIFICATE-----'],
    ['the signature of join information', `eyJhbGciOiJIUzI1NiIsImtpZCI6IjA3NDAxYiJ9..${letters.slice(0, 43)}`],
    ['an example of the vendor', of('AK', 'IA', 'IOSFODNN7EXAMPLE')],
    ['an image by digest', 'docker://app:1@sha256:0123456789abcdef'],
    ['an address that gets its password elsewhere', 'postgres://app:${DB_PASSWORD}@db/shop'],
    ['an address without', 'https://user@shop.example:8080/path?at=a:b@c'],
    ['a comment that switches detectors off', 'secretlint-disable'],
  ])('%s is none', (_, value) => {
    expect(detectorsIn({ text: value })).toEqual([]);
  });

  it('cannot be switched off by a comment', () => {
    expect(detectorsIn({ text: of('# secretlint-disable\ngh', 'p_', letters.slice(0, 36)) })).toEqual(['data.text github']);
  });
});

describe('credentials by their name', () => {
  it.each([
    ['DB_PASSWORD', 'abc123'], ['dbPassword', 'correct horse battery staple'], ['db.passwd', 'hunter2'], ['PGPASSWORD', 'hunter2'], ['mysql-root-password', 'my-secret-pw'], ['PASSWORD_1', 'hunter2'],
    ['SECRET_BLAH', 'secretsquirrels'], ['CLIENT_SECRET', 'b7c1d9'], ['JWT_SECRET', 'keyboardcat'], ['API_KEY', 'b7c1d9e2'], ['apiKey', 'b7c1d9e2'], ['AZURE_BATCH_KEY', 'xxxxx'], ['OCI_CLI_KEY_CONTENT', 'xxx'],
    ['SECRET_KEY_BASE', 'f00dfeed'], ['GITHUB_TOKEN', 'b7c1d9e2'], ['token', 'b7c1d9e2'], ['ADMIN_PASSWORD', 'changeme'], ['password.txt', 'hunter2'], ['CONNECTION_STRING', 'Server=db;Password=hunter2'], ['APP_KEY', 'base64:b7c1d9e2f3'],
  ])('%s=%s', (name, value) => expect(isFound(name, value)).toBe(true));

  it.each([
    ['DB_PASSWORD', ''], ['DB_PASSWORD', '$(FROM_ELSEWHERE)'], ['DB_PASSWORD', '${FROM_ELSEWHERE}'], ['DB_PASSWORD', '{{ .Values.password }}'], ['DB_PASSWORD', '/run/secrets/db'], ['DB_PASSWORD', '<your password>'],
    ['DB_PASSWORD', 'REPLACE_ME'], ['DB_PASSWORD', 'vault:secret/data/db#password'], ['DB_PASSWORD', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db'], ['DB_PASSWORD', '$2y$10$abcdefghijklmnopqrstuv'],
    ['DB_PASSWORD_FILE', 'hunter2'], ['PASSWORD_MIN_LENGTH', '12'], ['PASSWORD_RESET_URL', 'shop.example'], ['ALLOW_EMPTY_PASSWORD', 'yes'], ['DISABLE_PASSWORD', 'never'], ['proxy_pass', 'upstream'],
    ['SECRET_NAME', 'shop-db'], ['EXISTING_SECRET', 'whatever1'], ['IMAGE_PULL_SECRET', 'registry1'], ['DB_SECRET', 'shop-db-credentials'], ['SECRET_GRACE_PERIOD_RATIO', '0.5'], ['secretRef', 'db-1'],
    ['MAX_TOKENS', '2048'], ['TOKEN_TTL', '24h'], ['TOKEN_URL', 'https://login.example/token'], ['TOKEN', '3600'], ['pad_token', 'PAD12345'], ['AWS_WEB_IDENTITY_TOKEN_FILE', '/var/run/token'],
    ['PUBLIC_KEY', 'b7c1d9e2'], ['STRIPE_PUBLISHABLE_API_KEY', 'b7c1d9e2'], ['CACHE_KEY', 'b7c1d9e2'], ['SESSION_KEY', 'user'], ['APP_KEY', 'shop'], ['CONNECTION_STRING', 'redis:6379'], ['KEYBOARD', 'qwerty'], ['monkey', 'banana'], ['COMPASS', 'north'], ['AUTHOR', 'somebody'], ['checksum/secret', 'b7c1d9e2'],
    ['GOOGLE_APPLICATION_CREDENTIALS', '/var/secrets/key.json'], ['AWS_ACCESS_KEY_ID', 'b7c1d9e2'],
  ])('%s=%s is none', (name, value) => expect(isFound(name, value)).toBe(false));
});

describe('assignments in files', () => {
  it.each([
    'spring.datasource.password=hunter2',
    'db:\n  user: app\n  password: "hunter2"',
    '{"db": {"user": "app", "password": "hunter2"}}',
    '[security]\nadmin_password = hunter2',
    'export API_TOKEN=b7c1d9e2f3',
    'smtp_auth_password: hunter2',
    'Server=db;User=app;Password=hunter2;',
  ])('%j', (text) => expect(detectorsIn({ 'app.conf': `# settings\n${text}\n` })).toEqual(['data.app.conf secret-name']));

  it.each([
    '# password: hunter2', '; admin_password = hunter2', 'password: ${DB_PASSWORD}', 'password = os.environ["DB_PASSWORD"]', 'TOKEN=$(cat /var/run/token)', 'password: password', 'login.password=Password',
    'if the token: expected4 is wrong', 'secretName: web-tls', 'secretKeyRef:\n  name: db\n  key: password', 'bearer_token_file: /var/run/token', 'token_url: https://login.example/1', 'key: value1234',
    '"password": {"type": "string"}', 'secret: shop-db-credentials', 'set $token b7c1d9e2f3;',
  ])('%j is none', (text) => expect(detectorsIn({ 'app.conf': `\n${text}\n` })).toEqual([]));
});

describe('a pod', () => {
  const spec = {
    containers: [{ name: 'app', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }, { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }, { name: 'PORT', value: 8080 }], command: ['serve', '--admin-password', 'hunter2'], args: ['--token=b7c1d9e2', '--verbose'] }],
    initContainers: [{ name: 'setup', args: ['sh', '-c', 'PGPASSWORD=hunter2 psql -h db'] }],
  };

  it('is looked through wherever it holds a literal', () => {
    expect(findCredentials(podTexts({ annotations: { note: of('https://app:', 'tr0ub4dor3', '@shop.example') } }, spec)).found.map(({ path }) => path)).toEqual([
      'template.metadata.annotations[note]', 'containers[app].env.DB_PASSWORD', 'containers[app].command[2]', 'containers[app].args[0]', 'initContainers[setup].args[2]',
    ]);
  });

  it('passes over what is no text', () => {
    expect(findCredentials(podTexts({}, { containers: [null, 3, { env: [null, 'x', { name: 1, value: {} }] }] })).found).toEqual([]);
  });
});

describe('bounds', () => {
  it('says that it did not look through too much', () => {
    expect(findCredentials(configMapTexts({ data: { a: 'x'.repeat(MOST_CHARACTERS + 1) } }))).toMatchObject({ isUnread: true });
  });

  it('says how many more there are', () => {
    const data = Object.fromEntries(Array.from({ length: MOST_PATHS + 7 }, (_, i) => [`P${i}_PASSWORD`, 'hunter2']));
    const { found, more } = findCredentials(configMapTexts({ data }));
    expect([found.length, more]).toEqual([MOST_PATHS, 7]);
  });

  it.each(['http://', 'secret_access_key=', 'password=', 'token:', 'eyJ-', 'figd_', '-----BEGIN PRIVATE KEY-----\naaaa', 'password = "', 'a-secret-', '://a:'])('is done in time with a text that is made to be slow: %j', (piece) => {
    const started = process.cpuUsage();
    findCredentials(configMapTexts({ data: { a: `${piece.repeat((MOST_CHARACTERS - 8) / piece.length)}\n` } }));
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000);
  });
});
