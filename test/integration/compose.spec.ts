import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogue, roles, type Role, type Setting } from '#operations/setting-catalogue.js';
import { readSettings } from '#operations/settings.js';
import { composeFile, composeText, interpolated, milliseconds, root, variablesIn, type ComposeService } from '#test/support/compose-file.js';

const schemas = process.env['BULWARK_SCHEMAS_DIR'];
const schemaFile = schemas ? join(schemas, 'compose-spec.json') : undefined;
const noSchema = schemaFile !== undefined && existsSync(schemaFile) ? '' : ' (BULWARK_SCHEMAS_DIR names no folder with compose-spec.json)';

const { services } = composeFile();
const settings: readonly Setting[] = Object.values(catalogue);
const ours = Object.entries(services).filter((entry): entry is [Role, ComposeService] => (roles as readonly string[]).includes(entry[0]));
const environmentOf = (service: ComposeService): readonly (readonly [string, string])[] => Object.entries(service.environment ?? {});

const secret = (): string => randomBytes(32).toString('hex');
/** A good value for each variable that has none. */
const example = {
  POSTGRES_PASSWORD: secret(), BULWARK_APP_PASSWORD: secret(), VALKEY_PASSWORD: secret(), BULWARK_OPERATOR_KEY: secret(), BULWARK_API_KEY_PEPPER: secret(),
  BULWARK_KEY_ENCRYPTION_KEYS: `first:${randomBytes(32).toString('base64')}`,
} as const;

describe('docker-compose.yml', () => {
  it.skipIf(noSchema !== '')(`is valid by the official schema${noSchema}`, () => {
    const schema = JSON.parse(readFileSync(schemaFile!, 'utf8')) as { $schema?: string };
    // The draft is named with https, which Ajv does not know it by.
    const validate = new Ajv({ strict: false, validateFormats: false }).compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
    validate(parse(composeText(), { merge: true }));
    expect(validate.errors).toBeNull();
  });

  it('has the parts of the production shape, with the commands that the build makes', () => {
    expect(Object.keys(services)).toEqual(['postgres', 'valkey', 'migrate', 'api', 'worker']);
    expect(services['api']!.deploy?.replicas).toBeGreaterThanOrEqual(2);
    expect(services['worker']!.deploy?.replicas).toBeGreaterThanOrEqual(2);
    for (const [role, { command }] of ours) {
      expect(command).toEqual(['node', ...(role === 'worker' ? ['--max-semi-space-size=4', '--v8-pool-size=0'] : []), `dist/apps/${role}/main.js`]);
      expect(existsSync(join(root, `apps/${role}/main.ts`))).toBe(true);
    }
  });

  it('has no secret with a default, and does not start without one', () => {
    const variables = variablesIn(composeText());
    const secrets = new Set(settings.filter(({ isSecret }) => isSecret).map(({ env }) => env as string));
    const isSecret = (name: string): boolean => secrets.has(name) || /PASSWORD|SECRET|TOKEN|_KEYS?$|PEPPER/.test(name);
    for (const { name, operator, rest } of variables.filter(({ name }) => isSecret(name))) {
      expect(`${name}${operator}`).toBe(`${name}:?`);
      expect(rest, 'names what to set').toContain(name);
    }
    expect(Object.keys(example).toSorted()).toEqual([...new Set(variables.filter(({ operator }) => operator === ':?').map(({ name }) => name))].toSorted());
    for (const [, service] of ours) {
      for (const [env, text] of environmentOf(service).filter(([name]) => secrets.has(name))) {
        expect(variablesIn(text).some(({ operator }) => operator === ':?'), `${env} is written out`).toBe(true);
        expect(() => interpolated(text, {})).toThrow('is missing a value');
      }
    }
  });

  it.each(ours)('gives the %s settings that it knows, reads and needs, each with a good value', (role, service) => {
    const given = environmentOf(service).map(([name]) => name);
    for (const name of given) {
      // The C library's own.
      if (name === 'MALLOC_ARENA_MAX') continue;
      const setting = settings.find(({ env }) => env === name);
      expect(setting, `${name} is no setting`).toBeDefined();
      expect(setting!.usedBy, `${role} does not read ${name}`).toContain(role);
    }
    for (const { env, neededBy } of settings) if (neededBy.includes(role)) expect(given).toContain(env);
    expect(() => readSettings(Object.fromEntries(environmentOf(service).map(([name, text]) => [name, interpolated(text, example)])), role)).not.toThrow();
  });

  it('keeps the owner of the tables away from all but the migration', () => {
    for (const [role, service] of ours) {
      const isOwner = environmentOf(service).some(([name, text]) => name === 'BULWARK_ADMIN_DATABASE_URL' || text.includes('bulwark_owner') || text.includes('POSTGRES_PASSWORD'));
      expect(isOwner, role).toBe(role === 'migrate');
    }
  });

  it('pins every image that is not built here to a major version', () => {
    const foreign = Object.values(services).map(({ image }) => image).filter((image) => image !== 'bulwark:local');
    for (const image of foreign) expect(image).toMatch(/^[\w./-]+:\d+(\.\d+)*(-[\w.]+)?$/);
  });

  it('waits for what each part needs, and asks each whether it is well', () => {
    for (const [name, { healthcheck }] of Object.entries(services)) {
      if (name !== 'migrate') expect(healthcheck?.test.length, name).toBeGreaterThan(1);
    }
    expect(services['migrate']!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of ['api', 'worker'] as const) {
      expect(services[name]!.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' }, valkey: { condition: 'service_healthy' } });
    }
    expect(services['api']!.healthcheck!.test.join(' ')).toContain(`:${catalogue.port.default}/readyz`);
    expect(services['worker']!.healthcheck!.test.join(' ')).toContain(`:${catalogue.workerPort.default}/readyz`);
  });

  it('lets running work end before it kills', () => {
    for (const name of ['api', 'worker'] as const) {
      expect(milliseconds(services[name]!.stop_grace_period!)).toBeGreaterThanOrEqual(Number(catalogue.shutdownGraceMs.default) + 5_000);
    }
  });

  it('never lets the queue evict', () => {
    const command = services['valkey']!.command!;
    expect(command[command.indexOf('--maxmemory-policy') + 1]).toBe('noeviction');
    expect(command).toContain('--requirepass');
  });

  it('runs our programs without rights they do not need', () => {
    const file = parse(composeText(), { merge: true }) as { readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
    for (const [role] of ours) {
      expect(file.services[role]).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(file.services[role]).not.toHaveProperty('privileged');
    }
  });
});

interface Instruction {
  readonly name: string;
  readonly text: string;
  readonly words: readonly string[];
  readonly flags: readonly string[];
}

/** Instructions by stage; a stage begins with FROM. */
function dockerfileStages(): readonly (readonly Instruction[])[] {
  const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [name = '', ...rest] = line.trim().split(/\s+/);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, text: rest.join(' '), words: rest.filter((word) => !word.startsWith('--')), flags: rest.filter((word) => word.startsWith('--')) });
  }
  return stages;
}

describe('Dockerfile', () => {
  const stages = dockerfileStages();
  const final = stages.at(-1)!;
  const named = (stage: readonly Instruction[], name: string): readonly Instruction[] => stage.filter((instruction) => instruction.name === name);
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter((line) => line !== '');

  it('copies only what is there and what is not kept out of the context', () => {
    const sources = stages.flat().filter(({ name, flags }) => name === 'COPY' && !flags.some((flag) => flag.startsWith('--from='))).flatMap(({ words }) => words.slice(0, -1));
    expect(sources).not.toEqual([]);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(ignored, source).not.toContain(source);
    }
  });

  it('copies everything that the build reads', () => {
    const sources = stages[0]!.filter(({ name }) => name === 'COPY').flatMap(({ words }) => words.slice(0, -1));
    const build = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8')) as { readonly include: readonly string[] };
    expect(sources).toEqual(expect.arrayContaining([...build.include, 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json', '.npmrc']));
  });

  it('takes out of the build only what the build has', () => {
    const made = ['/src/node_modules', '/src/dist', ...stages[0]!.filter(({ name }) => name === 'COPY').flatMap(({ words }) => words.slice(0, -1).map((word) => `/src/${word}`))];
    const taken = named(final, 'COPY').flatMap(({ words }) => words.slice(0, -1));
    for (const path of taken) expect(made).toContain(path);
    expect(taken).toEqual(expect.arrayContaining(['/src/package.json', '/src/node_modules', '/src/dist']));
  });

  it('runs as an ordinary user, on a pinned image, without install scripts', () => {
    const [uid] = named(final, 'USER').at(-1)!.words[0]!.split(':');
    expect(Number(uid)).toBeGreaterThanOrEqual(1_000);
    // The collector's image has no shell; its major and Debian's are in its name.
    for (const stage of stages) expect(stage[0]!.words[0]).toMatch(/^(?:node:\d+[\w.-]*|gcr\.io\/distroless\/nodejs\d+-debian\d+)$/);
    for (const { text } of stages.flatMap((stage) => named(stage, 'RUN'))) {
      for (const command of text.split('&&')) if (/\bnpm (ci|install)\b/.test(command)) expect(command).toContain('--ignore-scripts');
    }
    expect(named(final, 'CMD')).toHaveLength(1);
    expect(stages.flat().some(({ name }) => name === 'ADD')).toBe(false);
  });

  it('opens the ports that the settings have by default', () => {
    expect(named(final, 'EXPOSE').flatMap(({ words }) => words)).toEqual([catalogue.port.default, catalogue.workerPort.default]);
  });

  it('keeps secrets and the repository’s history out of the image', () => {
    expect(ignored).toEqual(expect.arrayContaining(['.git', 'node_modules', 'dist']));
  });
});
